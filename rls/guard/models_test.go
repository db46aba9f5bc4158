package guard_test

import (
	"time"

	"github.com/multi-orm/orm"
)

// The models of the tests: projects of tenants, with tasks and tags.

type Project struct {
	ID        int64      `orm:"id,auto"`
	TenantID  int64      `orm:"tenant_id,tenant,unique=slug"`
	Slug      string     `orm:"slug,unique=slug"`
	Title     string     `orm:"title" validate:"required,max=80" json:"title"`
	Status    string     `orm:"status,enum=draft|open|done,default=draft"`
	Priority  int        `orm:"priority,default=3" validate:"min=0,max=9"`
	Archived  bool       `orm:"archived"`
	Secret    string     `orm:"secret,hidden"`
	Notes     *string    `orm:"notes"`
	Due       *time.Time `orm:"due"`
	Budget    *float64   `orm:"budget"`
	CreatedAt time.Time  `orm:"created_at,default=now" json:"createdAt"`

	Tasks  []Task  `orm:"relation=id:project_id"`
	Tags   []Tag   `orm:"relation=id:id,through=project_tags(project_id:tag_id)"`
	Lead   *Person `orm:"relation=lead_id:id"`
	LeadID *int64  `orm:"lead_id"`
}

type Task struct {
	ID        int64  `orm:"id,auto"`
	TenantID  int64  `orm:"tenant_id,tenant"`
	ProjectID int64  `orm:"project_id"`
	Title     string `orm:"title" validate:"required"`
	Done      bool   `orm:"done"`
	Hidden    bool   `orm:"is_hidden"`

	Project  *Project  `orm:"relation=project_id:id"`
	Comments []Comment `orm:"relation=id:task_id"`
}

type Comment struct {
	ID       int64  `orm:"id,auto"`
	TenantID int64  `orm:"tenant_id,tenant"`
	TaskID   int64  `orm:"task_id"`
	Body     string `orm:"body"`
}

type Tag struct {
	ID       int64  `orm:"id,auto"`
	TenantID int64  `orm:"tenant_id,tenant,unique=name"`
	Name     string `orm:"name,unique=name" validate:"required,max=20"`
}

type Person struct {
	ID       int64  `orm:"id,auto"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Name     string `orm:"name"`
	Email    string `orm:"email,unique" validate:"email"`
}

var Projects = orm.Bind[Project, struct {
	ID        orm.Col[Project, int64]
	TenantID  orm.Col[Project, int64]
	Slug      orm.Text[Project]
	Title     orm.Text[Project]
	Status    orm.Text[Project]
	Priority  orm.Col[Project, int]
	Archived  orm.Col[Project, bool]
	Secret    orm.Text[Project]
	Notes     orm.Text[Project]
	Due       orm.Col[Project, time.Time]
	Budget    orm.Col[Project, float64]
	CreatedAt orm.Col[Project, time.Time]
	LeadID    orm.Col[Project, int64]
	Tasks     orm.Many[Project, Task]
	Tags      orm.Many[Project, Tag]
	Lead      orm.One[Project, Person]
}]()

var Tasks = orm.Bind[Task, struct {
	ID        orm.Col[Task, int64]
	ProjectID orm.Col[Task, int64]
	Title     orm.Text[Task]
	Done      orm.Col[Task, bool]
	Hidden    orm.Col[Task, bool]
	Project   orm.One[Task, Project]
	Comments  orm.Many[Task, Comment]
}]()

var Comments = orm.Bind[Comment, struct {
	ID   orm.Col[Comment, int64]
	Body orm.Text[Comment]
}]()

var Tags = orm.Bind[Tag, struct {
	ID   orm.Col[Tag, int64]
	Name orm.Text[Tag]
}]()

var People = orm.Bind[Person, struct {
	ID    orm.Col[Person, int64]
	Name  orm.Text[Person]
	Email orm.Text[Person]
}]()
