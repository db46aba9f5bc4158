package words_test

import (
	"testing"
	"time"

	"github.com/multi-orm/orm"
)

// stamped is filled at one moment.
type stamped struct {
	ID      int64     `orm:"id,auto,table=stampeds"`
	Created time.Time `orm:"created,default=now"`
	Updated time.Time `orm:"updated,update=now"`
}

// A new row was changed when it was made, not a microsecond later.
func TestOneMomentForARow(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		rows := make([]stamped, 50)
		done(t)(orm.Repo[stamped](db).CreateMany(t.Context(), rows))
		got, err := orm.Repo[stamped](db).All(t.Context())
		must(t, err)
		for _, r := range got {
			if r.Created != r.Updated || time.Since(r.Created) > time.Hour {
				t.Fatalf("created at %v, updated at %v", r.Created, r.Updated)
			}
		}
	}, stamped{})
}
