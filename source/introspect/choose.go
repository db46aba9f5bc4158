package introspect

import (
	"slices"
	"strconv"

	"github.com/multi-orm/orm/model"
)

// choose gives the part of s that the options keep.
func (o *options) choose(s *Schema) (*Schema, error) {
	known := map[string]bool{}
	var names []string
	for i := range s.Tables {
		t := &s.Tables[i]
		known[t.Name], known[t.FullName()], known[s.Default+"."+t.Name] = true, true, true
		names = append(names, t.FullName())
	}
	for _, name := range o.only {
		if known[name] {
			continue
		}
		detail := "there is no table " + strconv.Quote(name)
		if near := model.Nearest(name, names); near != "" {
			detail += " (did you mean " + strconv.Quote(near) + "?)"
		}
		return nil, invalid(name, detail)
	}
	out := *s
	out.Tables, out.Enums, out.Domains = []Table{}, nil, nil
	for i := range s.Tables {
		if o.keeps(s, &s.Tables[i]) {
			out.Tables = append(out.Tables, s.Tables[i])
		}
	}
	for _, e := range s.Enums {
		if o.inSchema(s, e.Schema) {
			out.Enums = append(out.Enums, e)
		}
	}
	for _, d := range s.Domains {
		if o.inSchema(s, d.Schema) {
			out.Domains = append(out.Domains, d)
		}
	}
	return &out, nil
}

func (o *options) keeps(s *Schema, t *Table) bool {
	if !o.inSchema(s, t.Schema) {
		return false
	}
	if o.only != nil {
		return slices.Contains(o.only, t.Name) || slices.Contains(o.only, t.FullName()) || t.Schema == "" && slices.Contains(o.only, s.Default+"."+t.Name)
	}
	return o.schemas != nil && migrationSchema(t.Schema) || !migrations(t.Schema, t.Name)
}

func migrationSchema(schema string) bool {
	return schema == "atlas_schema_revisions" || schema == "sqitch"
}

// migrations reports whether a table is where a migration tool keeps what it has run.
func migrations(schema, name string) bool {
	if migrationSchema(schema) {
		return true
	}
	switch name {
	case "goose_db_version", // goose
		"schema_migrations", "ar_internal_metadata", // golang-migrate, dbmate, Rails
		"atlas_schema_revisions", "schema_lock", // atlas, golang-migrate on CockroachDB
		"flyway_schema_history",                                                                    // Flyway
		"databasechangelog", "databasechangeloglock", "DATABASECHANGELOG", "DATABASECHANGELOGLOCK", // Liquibase
		"sysdiagrams", // SQL Server's own tools
		"_prisma_migrations", "__EFMigrationsHistory", "__drizzle_migrations", "alembic_version", "django_migrations",
		"knex_migrations", "knex_migrations_lock", "SequelizeMeta", "typeorm_metadata", "_sqlx_migrations", "__diesel_schema_migrations",
		"gorp_migrations", "bun_migrations", "bun_migration_locks", "doctrine_migration_versions", "phinxlog", "refinery_schema_history":
		return true
	}
	return false
}
