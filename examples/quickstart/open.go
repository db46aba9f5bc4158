package main

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// open opens an empty database: SQLite in memory, or the server that is named. It is the first source, the one of models that
// name none. done takes away what was made for it, once the database is closed.
func open(ctx context.Context, o options, opts []orm.Option) (db orm.DB, done func() error, err error) {
	done = func() error { return nil }
	switch {
	case o.postgres != "":
		db, err = openPostgres(ctx, o.postgres, opts)
	case o.sqlserver != "":
		return openSQLServer(ctx, o.sqlserver, opts)
	default:
		db, err = orm.Open(ctx, append([]orm.Option{sqlite.Source("main", ":memory:")}, opts...)...)
	}
	return db, done, err
}

func openPostgres(ctx context.Context, dsn string, opts []orm.Option) (orm.DB, error) {
	dsn, err := temporary(dsn)
	if err != nil {
		return orm.DB{}, err
	}
	db, err := orm.Open(ctx, append([]orm.Option{postgres.Source("main", dsn)}, opts...)...)
	if err != nil {
		return orm.DB{}, err
	}
	// A pooler may have dropped the setting; then the tables would be made among yours.
	path, err := orm.Raw[string](ctx, db, "SELECT current_setting('search_path')")
	if err == nil && (len(path) != 1 || path[0] != "pg_temp") {
		err = errors.New("the server or a pooler ignores search_path: give a direct connection")
	}
	if err != nil {
		return orm.DB{}, errors.Join(err, db.Close())
	}
	return db, nil
}

// temporary makes every table a temporary one, seen by one connection alone and gone with it, so that no
// table of yours is read or changed.
func temporary(dsn string) (string, error) {
	if !strings.Contains(dsn, "://") { // the form "host=… user=…"
		return dsn + " search_path=pg_temp pool_max_conns=1", nil
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errors.New("-postgres is not a URL like postgres://user@host:5432/database")
	}
	q := u.Query()
	q.Set("search_path", "pg_temp")
	q.Set("pool_max_conns", "1")
	u.RawQuery = q.Encode()
	return u.String(), nil
}
