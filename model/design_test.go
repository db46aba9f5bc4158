package model

import (
	"testing"
	"time"
)

// The model of the design document, word for word.
func TestDesignModel(t *testing.T) {
	type Order struct{ ID, UserID int64 }
	type Post struct {
		ID int64 `orm:"id,datasource=blog"`
	}
	type Team struct{ ID int64 }
	type User struct {
		ID        int64      `orm:"id,auto,datasource=main"`
		Email     string     `orm:"email,unique" validate:"required,email"`
		Name      *string    `orm:"name"`
		Role      string     `orm:"role,enum=admin|user"`
		TenantID  int64      `orm:"tenant_id,tenant"`
		Active    bool       `orm:"is_active"`
		Password  string     `orm:"password_hash,hidden"`
		CreatedAt time.Time  `orm:"created_at,default=now"`
		UpdatedAt time.Time  `orm:"updated_at,update=now"`
		DeletedAt *time.Time `orm:"deleted_at,softdelete"`
		Version   int        `orm:"version,version"`

		Orders []Order `orm:"relation=id:user_id"`
		Post   *Post   `orm:"relation=post_id:id"`
		Teams  []Team  `orm:"relation=id:id,through=memberships(user_id:team_id)"`
		PostID *int64  `orm:"post_id"`
	}
	m, err := For[User]()
	if err != nil {
		t.Fatal(err)
	}
	if m.Table != "users" || m.Source != "main" || len(m.Fields) != 12 || len(m.Relations) != 3 || !m.Key[0].Auto ||
		m.Tenant.Name != "TenantID" || m.SoftDelete.Name != "DeletedAt" || m.Version.Name != "Version" || m.Owner != nil {
		t.Errorf("%+v", m)
	}
}
