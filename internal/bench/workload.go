package bench

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
)

// The workloads as a program with the library has them; every source runs the same.

func ormKey(ctx context.Context, db orm.DB) (User, error) {
	return orm.Repo[User](db).ByID(oneKey).One(ctx)
}

// List100 is the query of the workload of that name.
func List100(db orm.DB) orm.Query[User] {
	return orm.Repo[User](db).
		Where(Users.Active.Eq(true), Users.Role.In("admin", "editor", "viewer"), Users.DeletedAt.IsNull()).
		OrderBy(Users.CreatedAt.Desc()).Take(100)
}

func ormList100(ctx context.Context, db orm.DB) ([]User, error) { return List100(db).All(ctx) }

func ormList10k(ctx context.Context, db orm.DB) ([]Scan, error) {
	return orm.Repo[Scan](db).OrderBy(Scans.ID.Asc()).Take(10_000).All(ctx)
}

func ormInclude(ctx context.Context, db orm.DB) ([]User, error) {
	return orm.Repo[User](db).Where(Users.DeletedAt.IsNull()).With(Users.Orders).OrderBy(Users.ID.Asc()).Take(100).All(ctx)
}

func ormLoad100k(ctx context.Context, db orm.DB) ([]Scan, error) {
	return orm.Repo[Scan](db).OrderBy(Scans.ID.Asc()).All(ctx)
}

// sums is what a stream leaves behind.
type sums struct {
	Rows, Texts int
	IDs         int64
}

func (s *sums) add(r *Scan) {
	s.Rows++
	s.IDs += r.ID
	s.Texts += len(r.Email) + len(r.Role)
	if r.Name != nil {
		s.Texts += len(*r.Name)
	}
}

func ormStream100k(ctx context.Context, db orm.DB) (s sums, err error) {
	for r, err := range orm.Repo[Scan](db).OrderBy(Scans.ID.Asc()).Rows(ctx) {
		if err != nil {
			return s, err
		}
		s.add(&r)
	}
	return s, nil
}

func ormInsert(row Newcomer) func(ctx context.Context, db orm.DB) (Newcomer, error) {
	return func(ctx context.Context, db orm.DB) (Newcomer, error) {
		row := row
		err := orm.Repo[Newcomer](db).Create(ctx, &row)
		return row, err
	}
}

func ormBulk(rows []Newcomer) func(ctx context.Context, db orm.DB) ([]Newcomer, error) {
	return func(ctx context.Context, db orm.DB) ([]Newcomer, error) {
		for i := range rows {
			rows[i].ID = 0
		}
		n, err := orm.Repo[Newcomer](db).CreateMany(ctx, rows)
		if err == nil && n != int64(len(rows)) {
			err = fmt.Errorf("%d rows inserted", n)
		}
		return rows, err
	}
}

func ormUpdate(ctx context.Context, db orm.DB) (int64, error) {
	return orm.Repo[Newcomer](db).Where(Newcomers.ID.Eq(1)).UpdateMany(ctx, Newcomers.Name.Set("Renamed"), Newcomers.Active.Set(true))
}
