package ormtest_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/golang-sql/civil"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/hook/ormtest"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
	"github.com/multi-orm/orm/source/sqlserver"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// The graph: firms are the tenants; four levels hang below them, with every kind of key and link.

type Firm struct {
	ID   int64  `orm:"id,auto,tenant,table=iso_firms"`
	Name string `orm:"name"`

	People   []Person  `orm:"relation=id:firm_id"`
	Projects []Project `orm:"relation=id:firm_id"`
	Settings []Setting `orm:"relation=id:firm_id"`
	Country  *Country  `orm:"relation=country_id:id"`

	CountryID *int64
}

type Country struct {
	ID   int64  `orm:"id,auto,table=iso_countries"`
	Code string `orm:"code"`

	Firms []Firm `orm:"relation=id:country_id"`
}

type Person struct {
	ID        int64      `orm:"id,auto,table=iso_people"`
	FirmID    int64      `orm:"firm_id,tenant"`
	Email     string     `orm:"email,unique"`
	Nick      string     `orm:"nick,unique=firm_nick"`
	Crew      string     `orm:"crew,unique=firm_nick"`
	Role      string     `orm:"role,enum=boss|hand"`
	Secret    string     `orm:"secret,hidden"`
	BossID    *int64     `orm:"boss_id"`
	CreatedAt time.Time  `orm:"created_at,default=now"`
	UpdatedAt time.Time  `orm:"updated_at,update=now"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
	Version   int        `orm:"version,version"`

	Firm    *Firm    `orm:"relation=firm_id:id"`
	Boss    *Person  `orm:"relation=boss_id:id"`
	Hands   []Person `orm:"relation=id:boss_id"`
	Profile *Profile `orm:"relation=id:person_id"`
	Notes   []Note   `orm:"relation=id:person_id"`
	Teams   []Team   `orm:"relation=id:id,through=iso_memberships(person_id:team_id)"`
}

type Profile struct { // one to one: its key is the person's
	PersonID int64   `orm:"person_id,id,table=iso_profiles"`
	FirmID   int64   `orm:"firm_id,tenant"`
	Bio      *string `orm:"bio,size=40"`

	Person *Person `orm:"relation=person_id:id"`
}

type Team struct {
	ID     int64  `orm:"id,auto,table=iso_teams"`
	FirmID int64  `orm:"firm_id,tenant"`
	Name   string `orm:"name"`

	People []*Person `orm:"relation=id:id,through=iso_memberships(team_id:person_id)"`
	Topics []Topic   `orm:"relation=id:id,through=iso_team_topics(team_id:topic_id)"`
}

type Membership struct { // the link model
	PersonID int64  `orm:"person_id,id,table=iso_memberships"`
	TeamID   int64  `orm:"team_id,id"`
	FirmID   int64  `orm:"firm_id,tenant"`
	Title    string `orm:"title"`

	Person *Person `orm:"relation=person_id:id"`
	Team   *Team   `orm:"relation=team_id:id"`
}

type Topic struct { // linked by a plain link table
	ID     int64   `orm:"id,auto,table=iso_topics"`
	FirmID int64   `orm:"firm_id,tenant"`
	Weight float64 `orm:"weight"`
	Open   bool    `orm:"open"`

	Teams []Team `orm:"relation=id:id,through=iso_team_topics(topic_id:team_id)"`
}

type Project struct {
	ID        int64      `orm:"id,auto,table=iso_projects"`
	FirmID    int64      `orm:"firm_id,tenant"`
	OwnerID   int64      `orm:"owner_id,owner"`
	Name      string     `orm:"name,size=30"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`

	Invoices []Invoice `orm:"relation=id:project_id"`
	Labels   []Label   `orm:"relation=id:project_id"`
}

type Invoice struct {
	ProjectID int64      `orm:"project_id,id,table=iso_invoices"`
	Number    int        `orm:"number,id"`
	FirmID    int64      `orm:"firm_id,tenant"`
	Total     float64    `orm:"total"`
	Version   int        `orm:"version,version"`
	Due       civil.Date `orm:"due,type=date"`
	Day       time.Time  `orm:"day,type=date"`
	From      string     `orm:"from_time,type=time"`
	Price     string     `orm:"price,decimal=12.2"`

	Project *Project `orm:"relation=project_id:id"`
	Lines   []Line   `orm:"relation=project_id+number:project_id+number"`
}

type Line struct {
	ProjectID int64  `orm:"project_id,id,table=iso_lines"`
	Number    int    `orm:"number,id"`
	Position  int    `orm:"position,id"`
	FirmID    int64  `orm:"firm_id,tenant"`
	Text      string `orm:"text"`
	Raw       []byte `orm:"raw"`

	Invoice *Invoice `orm:"relation=project_id+number:project_id+number"`
}

type Note struct {
	ID       [16]byte `orm:"id,table=iso_notes"`
	FirmID   int64    `orm:"firm_id,tenant"`
	PersonID *int64   `orm:"person_id"`
	Text     string   `orm:"text"`
	Tags     []string `orm:"tags"`

	Person *Person `orm:"relation=person_id:id"`
}

type Label struct {
	Code      string `orm:"code,id,table=iso_labels"`
	FirmID    int64  `orm:"firm_id,tenant"`
	ProjectID int64  `orm:"project_id"`

	Project *Project `orm:"relation=project_id:id"`
}

type Setting struct { // the tenant is part of the key
	FirmID int64  `orm:"firm_id,id,tenant,table=iso_settings"`
	Name   string `orm:"name,id"`
	Value  string `orm:"value"`

	Firm *Firm `orm:"relation=firm_id:id"`
}

func everyModel() orm.Option {
	return orm.Models(Firm{}, Country{}, Person{}, Profile{}, Team{}, Membership{}, Topic{}, Project{}, Invoice{}, Line{}, Note{}, Label{}, Setting{})
}

func subjects() []ormtest.Option {
	return []ormtest.Option{ormtest.Model[Firm](), ormtest.Model[Country](), ormtest.Model[Person](), ormtest.Model[Profile](),
		ormtest.Model[Team](), ormtest.Model[Membership](), ormtest.Model[Topic](), ormtest.Model[Project](), ormtest.Model[Invoice](),
		ormtest.Model[Line](), ormtest.Model[Note](), ormtest.Model[Label](), ormtest.Model[Setting]()}
}

// scoped opens the graph with every built-in scope and hook.
func scoped(t testing.TB, src source.Source, more ...hook.Extension) orm.DB {
	t.Helper()
	ctx := context.Background()
	db, err := orm.Open(ctx, src, everyModel())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := orm.CreateTables(ctx, db); err != nil {
		t.Fatal(err)
	}
	if err := db.Use(append([]hook.Extension{rls.Tenant(), rls.Global(Country{})}, more...)...); err != nil {
		t.Fatal(err)
	}
	return db
}

func usual() []hook.Extension {
	return []hook.Extension{rls.Owner("auditor"), hook.SoftDelete(), hook.Audit(func(context.Context, hook.Entry) error { return nil })}
}

func memory() source.Source { return sqlite.Source("main", ":memory:") }

func engines(t *testing.T, fn func(t *testing.T, src source.Source)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, memory()) })
	t.Run("postgres", func(t *testing.T) { fn(t, postgres.Source("main", testkit.Postgres(t))) })
	t.Run("sqlserver", func(t *testing.T) { fn(t, sqlserver.Source("main", testkit.SQLServer(t))) })
}
