package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlserver"
)

// openSQLServer makes a database of its own on the server, so that no table of yours is read or changed. The login has to be one
// that may.
func openSQLServer(ctx context.Context, at string, opts []orm.Option) (db orm.DB, done func() error, err error) {
	name := fmt.Sprintf("orm_quickstart_%d", os.Getpid())
	own, err := withDatabase(at, name)
	if err != nil {
		return db, nil, err
	}
	server, err := sql.Open("sqlserver", at)
	if err != nil {
		return db, nil, errors.New("-sqlserver is not a URL like sqlserver://user:password@host:1433")
	}
	if _, err := server.ExecContext(ctx, "CREATE DATABASE ["+name+"]"); err != nil {
		return db, nil, errors.Join(fmt.Errorf("a database of its own cannot be made on the server: %w", err), server.Close())
	}
	done = func() error {
		_, err := server.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE ["+name+"]")
		return errors.Join(err, server.Close())
	}
	if db, err = orm.Open(ctx, append([]orm.Option{sqlserver.Source("main", own)}, opts...)...); err != nil {
		return db, nil, errors.Join(err, done())
	}
	return db, done, nil
}

// withDatabase leads a URL to another database of its server.
func withDatabase(at, name string) (string, error) {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "sqlserver" {
		return "", errors.New("-sqlserver is not a URL like sqlserver://user:password@host:1433")
	}
	q := u.Query()
	q.Set("database", name)
	u.RawQuery = q.Encode()
	return u.String(), nil
}
