package postgres

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// What is known of the kind of server.
const (
	unasked int32 = iota
	oneServer
	citus // rows are on workers, which are told of SET LOCAL and not of set_config
)

const citusQuery = "SELECT to_regclass('pg_dist_partition') IS NOT NULL"

// rower is a connection or a pool.
type rower interface {
	QueryRow(ctx context.Context, text string, args ...any) pgx.Row
}

// distributed reports whether the server is a coordinator of Citus. It is asked once.
func (d *DataSource) distributed(ctx context.Context, c rower) (bool, error) {
	kind := d.kind.Load()
	if kind == unasked {
		var on bool
		if err := c.QueryRow(ctx, citusQuery, d.nameless()).Scan(&on); err != nil {
			return false, err
		}
		if kind = oneServer; on {
			kind = citus
		}
		d.kind.Store(kind)
	}
	return kind == citus, nil
}

// propagated splits the settings into those that have to reach the workers and those that say what names mean, which the
// coordinator settles alone. Only variables with a dot in their names are free of rules of their own about lists and quotes.
func propagated(settings []source.Setting) (there, here []source.Setting) {
	for _, s := range settings {
		if strings.Contains(s.Name, ".") {
			there = append(there, s)
		} else {
			here = append(here, s)
		}
	}
	return there, here
}

// setLocal sets variables of the open transaction of conn so that Citus sends them to every worker that the transaction reaches.
func setLocal(ctx context.Context, conn *pgx.Conn, settings []source.Setting) error {
	if len(settings) == 0 {
		return nil
	}
	text := "SET LOCAL citus.propagate_set_commands TO 'local'"
	for _, s := range settings {
		value, err := conn.PgConn().EscapeString(s.Value)
		if err != nil || strings.IndexByte(s.Value, 0) >= 0 {
			return errSetting
		}
		text += "; SET LOCAL " + pgx.Identifier(strings.Split(s.Name, ".")).Sanitize() + " TO '" + value + "'"
	}
	_, err := conn.PgConn().Exec(ctx, text).ReadAll()
	return err
}

// errSetting is about a value that cannot be quoted safely; pgconn's own words would show it.
var errSetting = fault.New(fault.ErrInvalid, "", "", "a setting's value cannot be sent: the connection needs client_encoding UTF8 and standard_conforming_strings on")

// tablesQuery tells of each table how Citus keeps it: NULL for a plain one, "" for one that is on every node.
const tablesQuery = `SELECT t.ord, CASE WHEN p.partmethod <> 'n' THEN column_to_column_name(p.logicalrel, p.partkey) WHEN p.repmodel = 't' THEN '' END
FROM unnest($1::text[]) WITH ORDINALITY AS t(name, ord) LEFT JOIN pg_dist_partition p ON p.logicalrel = to_regclass(t.name)`

// cluster compares the models with how Citus keeps their tables, and looks whether settings reach the rows.
func (c *checker) cluster(ctx context.Context, models []*model.Model, native bool) error {
	on, err := c.d.distributed(ctx, c.pool)
	if err != nil || !on {
		return err
	}
	names := make([]string, len(models))
	for i, m := range models {
		names[i] = c.name(m)
	}
	rows, err := c.pool.Query(ctx, tablesQuery, c.d.nameless(), names)
	if err != nil {
		return err
	}
	kept, some := make([]*string, len(models)), false
	var at int
	var by *string
	if _, err := pgx.ForEachRow(rows, []any{&at, &by}, func() error {
		kept[at-1] = by
		some = some || by != nil && *by != ""
		return nil
	}); err != nil {
		return err
	}
	if !some {
		return nil
	}
	var probe *model.Model
	for i, m := range models {
		by := kept[i]
		switch {
		case by == nil && exempt(m):
			c.add(m, "", "the outbox is on the coordinator alone, beside tables that are distributed: what it tells of is written on other machines; keep it by tenant (orm.TenantOutbox) and distribute it as they are")
		case by == nil:
			c.add(m, "", "the table is on the coordinator alone, beside tables that are distributed: distribute it by its tenant, or make it a reference table")
		case *by == "":
		case m.ShardKey == nil:
			c.add(m, "", "the table is distributed by %q and the model has no shard key: say shardkey on its tenant column", *by)
		case m.ShardKey.Column != *by:
			c.add(m, m.ShardKey.Name, "the table is distributed by %q, not by the shard key", *by)
		}
		if by != nil && *by != "" && m.Tenant != nil && probe == nil {
			probe = m
		}
	}
	if native && probe != nil {
		return c.reaches(ctx, probe)
	}
	return nil
}

func exempt(m *model.Model) bool {
	_, ok := reflect.Zero(m.Type).Interface().(hook.AuditExempt)
	return ok
}

// bypassSetting is the variable of rls.Native under which its policies let every row be seen.
const bypassSetting = "orm.bypass"

// reaches looks whether a variable is there where the rows of m are.
func (c *checker) reaches(ctx context.Context, m *model.Model) error {
	begun, err := c.d.Begin(source.WithSettings(ctx, []source.Setting{{Name: bypassSetting, Value: "on"}}), source.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = begun.Rollback(ctx) }()
	conn := begun.(*tx).conn //nolint:errcheck // Begin makes no other
	var value string
	err = conn.QueryRow(ctx, "SELECT coalesce(current_setting('"+bypassSetting+"', true), '') FROM "+c.name(m)+" LIMIT 1", c.d.nameless()).Scan(&value)
	switch {
	case err == nil && value != "on":
		c.void(m, "the variables of rls.Native do not reach the workers that hold the rows, so row policies there go by none")
	case errors.Is(err, pgx.ErrNoRows):
		var size int64
		if err := conn.QueryRow(ctx, "SELECT citus_table_size($1::regclass)", c.d.nameless(), c.name(m)).Scan(&size); err != nil {
			return err
		}
		if size > 0 {
			c.add(m, "", "the table is not empty and no row of it can be seen under the variables of rls.Native: they may not reach the workers, or the policies there are others")
		}
	case err != nil:
		return err
	}
	return nil
}
