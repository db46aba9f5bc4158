package main

import (
	"context"
	"errors"
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

// database is where the books are.
func database(name string) source.Source {
	if strings.HasPrefix(name, "postgres") {
		return postgres.Source("books", name)
	}
	return sqlite.Source("books", name)
}

// open opens the books and the exchange rates as one, and says once what holds for every call: firms are apart, roles do what they may,
// what is deleted is hidden, what is written is valid and leaves a trace in its own transaction.
func open(ctx context.Context, books source.Source, ratesURL string, log *slog.Logger) (orm.DB, error) {
	db, err := orm.Open(ctx, books, httpapi.Source("rates", ratesURL, httpapi.Timeout(2*time.Second)), orm.Logger(log),
		orm.Models(Firm{}, User{}, Category{}, Product{}, Customer{}, Invoice{}, Line{}, Payment{}, Tag{}, Rate{}, orm.OutboxEntry{}))
	if err != nil {
		return db, err
	}
	err = db.Use(
		rls.Tenant(), rls.Global(Rate{}, orm.OutboxEntry{}),
		rls.RBAC{
			(*Firm)(nil):            {rls.AnyRole: rls.Read},
			(*User)(nil):            {rls.AnyRole: rls.Read},
			(*Category)(nil):        {"clerk": rls.Read, "accountant": rls.All},
			(*Product)(nil):         {"clerk": rls.Read, "accountant": rls.All},
			(*Customer)(nil):        {"clerk": rls.Read | rls.Create | rls.Update, "accountant": rls.All},
			(*Invoice)(nil):         {"clerk": rls.Read | rls.Create | rls.Update, "accountant": rls.All},
			(*Line)(nil):            {"clerk": rls.All, "accountant": rls.All},
			(*Payment)(nil):         {"clerk": rls.Read, "accountant": rls.All},
			(*Tag)(nil):             {rls.AnyRole: rls.All},
			(*Rate)(nil):            {rls.AnyRole: rls.Read},
			(*orm.OutboxEntry)(nil): {rls.AnyRole: rls.Create},
		},
		hook.SoftDelete(),
		hook.Validate(),
		hook.Audit(orm.Outbox(db)),
		hook.SlowQuery(time.Second),
	)
	if err = errors.Join(err, orm.CreateTables(ctx, db)); err != nil {
		return db, errors.Join(err, db.Close())
	}
	return db, nil
}
