package postgres

import (
	"reflect"
	"strconv"
	"testing"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/model"
)

// user is the row of the benchmarks' table.
type user struct {
	ID        int64      `orm:"id,auto,table=users"`
	Email     string     `orm:"email,unique"`
	Name      *string    `orm:"name"`
	Role      string     `orm:"role"`
	TenantID  int64      `orm:"tenant_id"`
	Active    bool       `orm:"is_active"`
	Balance   float64    `orm:"balance"`
	CreatedAt time.Time  `orm:"created_at"`
	DeletedAt *time.Time `orm:"deleted_at"`
}

func pointerTo(v any) unsafe.Pointer { return reflect.ValueOf(v).UnsafePointer() }

func users(n int) []any {
	out := make([]any, n)
	for i := range out {
		u := &user{ID: int64(i + 1), Email: "user" + strconv.Itoa(i+1) + "@example.com", Role: "admin", TenantID: 7,
			Active: i%2 == 0, Balance: float64(i) / 4, CreatedAt: time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC)}
		if i%3 == 0 {
			name := "Name " + strconv.Itoa(i)
			u.Name = &name
		}
		out[i] = u
	}
	return out
}

// filled is a database with n users.
func filled(tb testing.TB, n int, opts ...Option) (*DataSource, *model.Model) {
	m := modelOf[user](tb)
	d := open(tb, []*model.Model{m}, opts...)
	if n > 0 {
		if got, err := d.Insert(tb.Context(), insertOf(tb, m, users(n)...), nil); err != nil || got != int64(n) {
			tb.Fatalf("inserted %d, error %v", got, err)
		}
	}
	return d, m
}
