package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/httpapi"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// openStore opens the shop's database and the catalogue as one, and says once what holds for every call: shops
// are apart, deleted orders are hidden, roles do what they may, and every change leaves a trace.
func openStore(ctx context.Context, database, catalogueURL string, log *slog.Logger) (orm.DB, error) {
	db, err := orm.Open(ctx,
		shop(database),
		httpapi.Source("catalogue", catalogueURL, httpapi.Timeout(2*time.Second)),
		orm.Models(Order{}, Line{}, Product{}, Entry{}),
		orm.Logger(log),
	)
	if err != nil {
		return db, err
	}
	err = db.Use(
		rls.Tenant(), rls.Global(Product{}),
		rls.RBAC{
			"Order":   {"clerk": rls.Read | rls.Create | rls.Update, "manager": rls.All},
			"Line":    {"clerk": rls.Read | rls.Create, "manager": rls.All},
			"Product": {rls.AnyRole: rls.Read},
			"Entry":   {"clerk": rls.Read | rls.Create, "manager": rls.All},
		},
		hook.SoftDelete(),
		hook.Validate(),
		hook.Audit(trace(db)),
		hook.SlowQuery(time.Second),
	)
	if err == nil {
		err = orm.CreateTables(ctx, db)
	}
	if err != nil {
		_ = db.Close()
	}
	return db, err
}

func shop(database string) source.Source {
	if strings.HasPrefix(database, "postgres") {
		return postgres.Source("shop", database)
	}
	return sqlite.Source("shop", database)
}

// trace writes each change beside the change itself: if the entry cannot be written, nothing is.
func trace(db orm.DB) func(context.Context, hook.Entry) error {
	return func(ctx context.Context, e hook.Entry) error {
		return orm.Repo[Entry](db).Create(ctx, &Entry{Who: fmt.Sprint(e.ActorID), What: fmt.Sprintf("%s %s %v", e.Op, e.Model, e.Key["ID"])})
	}
}
