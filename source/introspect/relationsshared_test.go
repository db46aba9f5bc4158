package introspect_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

// Models whose keys have the tenant before the number, which the link table has once for both ends.
type (
	sharedPost struct {
		TenantID int64        `orm:"tenant_id,id,table=posts"`
		ID       int64        `orm:"id,id"`
		Tags     []sharedTag  `orm:"relation"`
		Extra    *sharedExtra `orm:"relation"`
	}
	sharedTag struct {
		TenantID int64        `orm:"tenant_id,id,table=tags"`
		ID       int64        `orm:"id,id"`
		Posts    []sharedPost `orm:"relation"`
	}
	sharedExtra struct {
		PostID   int64       `orm:"post_id,id,table=extras"`
		TenantID int64       `orm:"tenant_id"`
		Post     *sharedPost `orm:"relation"`
	}
)

const sharedTables = `
CREATE TABLE tenants (id bigint PRIMARY KEY);
CREATE TABLE posts (tenant_id bigint NOT NULL REFERENCES tenants (id), id bigint NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE tags (tenant_id bigint NOT NULL REFERENCES tenants (id), id bigint NOT NULL, PRIMARY KEY (tenant_id, id));
CREATE TABLE post_tags (tenant_id bigint NOT NULL REFERENCES tenants (id), post_id bigint NOT NULL, tag_id bigint NOT NULL, PRIMARY KEY (tenant_id, post_id, tag_id),
	FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id), FOREIGN KEY (tenant_id, tag_id) REFERENCES tags (tenant_id, id));
CREATE TABLE extras (post_id bigint PRIMARY KEY, tenant_id bigint NOT NULL, FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id));
INSERT INTO tenants VALUES (0), (1), (2);
INSERT INTO posts VALUES (0, 1), (1, 1), (1, 2), (2, 1);
INSERT INTO tags VALUES (1, 1), (1, 3), (2, 3);
INSERT INTO post_tags VALUES (1, 1, 1), (2, 1, 3);
INSERT INTO extras VALUES (2, 1);
`

// A link table may hold a column that its rows have in common with both ends: it is a link all the same, between rows of one tenant. A key
// over more columns than are unique is held by one row each.
func TestRelationsThroughSharedColumns(t *testing.T) {
	for _, e := range engines()[:2] {
		t.Run(e.name, func(t *testing.T) {
			address := e.make(t)
			e.load(t, address, sharedTables)
			db := open(t, e.open(address), orm.Models(sharedPost{}), introspect.Relations())
			read := func(tenant, id int64) (tags []int64, extra bool) {
				t.Helper()
				p, err := orm.Repo[sharedPost](db).ByID(tenant, id).Include("Tags", "Extra").One(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, g := range p.Tags {
					tags = append(tags, g.TenantID*10+g.ID)
				}
				return tags, p.Extra != nil
			}
			if tags, extra := read(2, 1); len(tags) != 1 || tags[0] != 23 || extra {
				t.Error(tags, extra)
			}
			if tags, extra := read(1, 2); len(tags) != 0 || !extra {
				t.Error(tags, extra)
			}
			tags := orm.Bind[sharedPost, struct {
				Tags orm.Many[sharedPost, sharedTag]
			}]().Tags
			tag := orm.Bind[sharedTag, struct {
				TenantID orm.Col[sharedTag, int64]
				ID       orm.Col[sharedTag, int64]
			}]()
			link := func(tenant, id, tagTenant, tagID int64) error {
				_, err := orm.Repo[sharedPost](db).ByID(tenant, id).Update(t.Context(), tags.Link(orm.And(tag.TenantID.Eq(tagTenant), tag.ID.Eq(tagID))))
				return err
			}
			if err := link(1, 1, 1, 3); err != nil {
				t.Fatal(err)
			}
			for _, tenant := range []int64{0, 1} {
				if err := link(tenant, 1, 2, 3); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "another TenantID than this one") {
					t.Error(err)
				}
			}
			if tags, _ := read(1, 1); len(tags) != 2 || tags[0]+tags[1] != 24 {
				t.Error(tags)
			}
			if n, err := orm.Raw[int64](t.Context(), db, "SELECT count(*) FROM post_tags"); err != nil || n[0] != 3 {
				t.Error(n, err)
			}
			if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
				t.Error(found, err)
			}
			s, err := introspect.Read(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			for _, tag := range []string{`relation=tenant_id+id:tenant_id+id,through=post_tags(tenant_id+post_id:tenant_id+tag_id)`, `relation=tenant_id+id:tenant_id+id,through=post_tags(tenant_id+tag_id:tenant_id+post_id)`} {
				if text := structs(t, s); !strings.Contains(text, tag) {
					t.Errorf("%s is not in %s", tag, text)
				}
			}
		})
	}
}

type (
	sharedCountry struct {
		ID    int64        `orm:"id,table=countries"`
		Users []sharedUser `orm:"relation"`
	}
	sharedUser struct {
		ID        int64          `orm:"id,table=users"`
		CountryID int64          `orm:"country_id"`
		Country   *sharedCountry `orm:"relation"`
	}
)

// A table that is unique by the key to one table alone belongs to its rows, and links them to nothing.
func TestRelationsThroughLinksAlone(t *testing.T) {
	for _, e := range engines()[:2] {
		t.Run(e.name, func(t *testing.T) {
			address := e.make(t)
			e.load(t, address, `CREATE TABLE countries (id bigint PRIMARY KEY); CREATE TABLE users (id bigint PRIMARY KEY, country_id bigint NOT NULL REFERENCES countries (id));
				CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users (id), country_id bigint REFERENCES countries (id));
				INSERT INTO countries VALUES (1), (2); INSERT INTO users VALUES (7, 1); INSERT INTO profiles VALUES (7, 2)`)
			db := open(t, e.open(address), orm.Models(sharedCountry{}), introspect.Relations())
			got, err := orm.Repo[sharedCountry](db).ByID(1).Include("Users").One(t.Context())
			if err != nil || len(got.Users) != 1 {
				t.Error(got, err)
			}
		})
	}
}
