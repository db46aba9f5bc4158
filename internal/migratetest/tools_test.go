package migratetest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"testing"

	atlas "ariga.io/atlas/sql/migrate"
	atlaspostgres "ariga.io/atlas/sql/postgres"
	atlassqlite "ariga.io/atlas/sql/sqlite"
	"github.com/golang-migrate/migrate/v4"
	migratedb "github.com/golang-migrate/migrate/v4/database"
	migratepgx "github.com/golang-migrate/migrate/v4/database/pgx/v5"
	migratesqlite "github.com/golang-migrate/migrate/v4/database/sqlite"
	_ "github.com/golang-migrate/migrate/v4/source/file"
	"github.com/pressly/goose/v3"

	"github.com/multi-orm/orm/source/introspect"
)

// tool runs a folder of files by a tool's own library, to its end or back to the start.
type tool struct {
	name string
	tool introspect.Tool
	run  func(t *testing.T, e engine, db *sql.DB, dir string, down bool) error
	back bool // its files say how to go back
}

func tools() []tool {
	return []tool{{"goose", introspect.Goose, runGoose, true}, {"migrate", introspect.Migrate, runMigrate, true}, {"atlas", introspect.Atlas, runAtlas, false}}
}

func runGoose(t *testing.T, e engine, db *sql.DB, dir string, down bool) error {
	dialect := goose.DialectSQLite3
	if e.name == "postgres" {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, db, os.DirFS(dir))
	if err != nil {
		return err
	}
	if down {
		_, err = p.DownTo(t.Context(), 0)
		return err
	}
	_, err = p.Up(t.Context())
	return err
}

func runMigrate(_ *testing.T, e engine, db *sql.DB, dir string, down bool) error {
	return migrateWith(e, db, dir, down, &migratesqlite.Config{})
}

func migrateWith(e engine, db *sql.DB, dir string, down bool, config *migratesqlite.Config) error {
	return migrateBy(e, db, dir, config, func(m *migrate.Migrate) error {
		if down {
			return m.Down()
		}
		return m.Up()
	})
}

// migrateStep runs one file after the other, since a run that fails leaves behind what reads the later files.
func migrateStep(e engine, db *sql.DB, dir string) error {
	return migrateBy(e, db, dir, &migratesqlite.Config{}, func(m *migrate.Migrate) error {
		for {
			if err := m.Steps(1); err != nil {
				return err
			}
		}
	})
}

func migrateBy(e engine, db *sql.DB, dir string, config *migratesqlite.Config, run func(*migrate.Migrate) error) error {
	var driver migratedb.Driver
	var err error
	if e.name == "postgres" {
		driver, err = migratepgx.WithInstance(db, &migratepgx.Config{})
	} else {
		driver, err = migratesqlite.WithInstance(db, config)
	}
	if err != nil {
		return err
	}
	m, err := migrate.NewWithDatabaseInstance("file://"+dir, e.name, driver)
	if err != nil {
		return err
	}
	err = run(m)
	_, closed := m.Close()
	return errors.Join(err, closed)
}

func runAtlas(t *testing.T, e engine, db *sql.DB, dir string, _ bool) error {
	conn, err := db.Conn(t.Context())
	if err != nil {
		return err
	}
	defer conn.Close()
	open := atlassqlite.Open
	if e.name == "postgres" {
		open = atlaspostgres.Open
	}
	driver, err := open(conn)
	if err != nil {
		return err
	}
	local, err := atlas.NewLocalDir(dir)
	if err != nil {
		return err
	}
	if err := atlas.Validate(local); err != nil { // atlas.sum
		return err
	}
	x, err := atlas.NewExecutor(driver, local, revisions{}, atlas.WithAllowDirty(true))
	if err != nil {
		return err
	}
	return x.ExecuteN(t.Context(), 0)
}

// revisions keeps what Atlas has run.
type revisions map[string]*atlas.Revision

func (revisions) Ident() *atlas.TableIdent { return &atlas.TableIdent{Name: "atlas_schema_revisions"} }

func (r revisions) ReadRevisions(context.Context) (out []*atlas.Revision, err error) {
	for _, v := range r {
		out = append(out, v)
	}
	return out, nil
}

func (r revisions) ReadRevision(_ context.Context, v string) (*atlas.Revision, error) {
	if x := r[v]; x != nil {
		return x, nil
	}
	return nil, atlas.ErrRevisionNotExist
}

func (r revisions) WriteRevision(_ context.Context, x *atlas.Revision) error {
	r[x.Version] = x
	return nil
}

func (r revisions) DeleteRevision(_ context.Context, v string) error {
	delete(r, v)
	return nil
}
