// Command ormgen writes the models of a database that is there already.
//
//	go run github.com/multi-orm/orm/source/introspect/ormgen -source postgres://… -package models -out models/models.go
//
// What the tags cannot say stands in comments and is told on the standard error. -json writes the schema as data. See package
// source/introspect.
//
// -check writes nothing and exits with 1 where the file is not what it would write. As a step of continuous integration, behind the one
// that runs the migrations on an empty database, it finds a migration whose models were not made anew:
//
//   - name: The models are those of the migrated database
//     run: go run github.com/multi-orm/orm/source/introspect/ormgen -source "$DATABASE_URL" -package models -out models/models.go -check
//
// Say the same flags there as where the file is made. The other way round, what would bring the database to the models, is
// [introspect.Plan]. A program calls it with its models, which this command does not know, so it has no flag for that:
// examples/migrations is such a program, to copy.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/introspect"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
	"github.com/multi-orm/orm/source/sqlserver"
)

// errDiffers is what -check found.
var errDiffers = errors.New("ormgen: the file is not what the schema gives: run ormgen without -check")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errDiffers):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

// settings are the flags.
type settings struct {
	source, pkg, out, only, schemas, datasource string
	tenant, owner, softDelete, version, updated string
	check, json, bare, plan, progress           bool
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	var s settings
	fs := flag.NewFlagSet("ormgen", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&s.source, "source", "", "the database: postgres://…, sqlserver://…, or the path of a SQLite file")
	fs.StringVar(&s.pkg, "package", "models", "the package of the file")
	fs.StringVar(&s.out, "out", "", "the file to write; the standard output where it is empty")
	fs.StringVar(&s.only, "only", "", "the tables to take, with commas between them: all where it is empty")
	fs.StringVar(&s.schemas, "schemas", "", "the schemas to take, with commas between them: all where it is empty")
	fs.StringVar(&s.datasource, "datasource", "", "the data source that the models belong to")
	fs.StringVar(&s.tenant, "tenant", "", "the column of the tenant")
	fs.StringVar(&s.owner, "owner", "", "the column of the owner")
	fs.StringVar(&s.softDelete, "softdelete", "", "the column of the time of deletion")
	fs.StringVar(&s.version, "version", "", "the column of the row's version")
	fs.StringVar(&s.updated, "updated", "", "the column of the time of the last write")
	fs.BoolVar(&s.bare, "nocolumns", false, "leave the bound columns out, which take long to compile")
	fs.BoolVar(&s.check, "check", false, "write nothing; exit with 1 where the file differs")
	fs.BoolVar(&s.plan, "plan", false, "not here: a program with models calls introspect.Plan, as examples/migrations does")
	fs.BoolVar(&s.progress, "progress", false, "tell on the standard error how far it is, for large databases")
	fs.BoolVar(&s.json, "json", false, "write the schema as JSON")
	if err := fs.Parse(args); err != nil {
		return err
	}
	switch {
	case fs.NArg() > 0:
		return fmt.Errorf("ormgen: %q is no flag", fs.Arg(0))
	case s.plan:
		return errors.New("ormgen: a plan needs models, which this command does not know: call introspect.Plan in a program that has them, as examples/migrations does")
	case s.source == "":
		return errors.New("ormgen: say the database with -source")
	case s.check && s.out == "":
		return errors.New("ormgen: say the file to check with -out")
	}
	src, err := open(s.source)
	if err != nil {
		return err
	}
	db, err := orm.Open(ctx, src)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	text, err := s.generate(ctx, db, stderr)
	if err != nil {
		return err
	}
	return s.deliver(text, stdout)
}

// open takes an address for the database that it is of. A SQLite file that is not there is an error: opening it would make one.
func open(address string) (source.Source, error) {
	scheme, _, _ := strings.Cut(address, ":")
	switch scheme {
	case "postgres", "postgresql":
		return postgres.Source("main", address), nil
	case "sqlserver":
		return sqlserver.Source("main", address), nil
	case "sqlite", "file":
		path := strings.TrimPrefix(strings.TrimPrefix(address, "sqlite://"), "sqlite:")
		if scheme == "sqlite" {
			return file(path)
		}
		return sqlite.Source("main", path), nil
	}
	if strings.Contains(address, "://") {
		return nil, fmt.Errorf("ormgen: no source for %s: addresses", scheme)
	}
	return file(address)
}

func file(path string) (source.Source, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("ormgen: the database: %w", err)
	}
	return sqlite.Source("main", path), nil
}

func (s *settings) generate(ctx context.Context, db orm.DB, stderr io.Writer) ([]byte, error) {
	var some []introspect.Option
	if s.only != "" {
		some = append(some, introspect.Only(strings.Split(s.only, ",")...))
	}
	if s.schemas != "" {
		some = append(some, introspect.Schemas(strings.Split(s.schemas, ",")...))
	}
	reading, writing := some, some
	if s.progress {
		reading = append(slices.Clone(some), introspect.Progress(telling(stderr, "read")))
		writing = append(slices.Clone(some), introspect.Progress(telling(stderr, "written")))
	}
	schema, err := introspect.Read(ctx, db, reading...)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if s.json {
		e := json.NewEncoder(&b)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		err := e.Encode(schema)
		return b.Bytes(), err
	}
	var notes []introspect.Note
	opts := append(writing, introspect.Package(s.pkg), introspect.Notes(&notes))
	for _, o := range []struct {
		said string
		make func(string) introspect.Option
	}{{s.datasource, introspect.DataSource}, {s.tenant, introspect.Tenant}, {s.owner, introspect.Owner}, {s.softDelete, introspect.SoftDelete},
		{s.version, introspect.Version}, {s.updated, introspect.UpdatedAt}} {
		if o.said != "" {
			opts = append(opts, o.make(o.said))
		}
	}
	if s.bare {
		opts = append(opts, introspect.NoColumns())
	}
	if err := introspect.Structs(&b, schema, opts...); err != nil {
		return nil, err
	}
	for _, n := range notes {
		fmt.Fprintln(stderr, "ormgen:", n)
	}
	return b.Bytes(), nil
}

// telling prints a line for each tenth of the tables.
func telling(stderr io.Writer, what string) func(done, total int, table string) {
	const parts = 10
	return func(done, total int, table string) {
		switch {
		case total == 0:
			fmt.Fprintln(stderr, "ormgen: asking the database for its tables")
		case done == total, done*parts/total > (done-1)*parts/total:
			fmt.Fprintf(stderr, "ormgen: %d of %d tables %s, up to %s\n", done, total, what, table)
		}
	}
}

// deliver writes the file, compares it, or prints it.
func (s *settings) deliver(text []byte, stdout io.Writer) error {
	if s.out == "" {
		_, err := stdout.Write(text)
		return err
	}
	is, err := os.ReadFile(s.out)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("ormgen: %w", err)
	}
	if err == nil && bytes.Equal(is, text) {
		return nil
	}
	if s.check {
		return errDiffers
	}
	if err := os.MkdirAll(filepath.Dir(s.out), 0o755); err != nil {
		return fmt.Errorf("ormgen: %w", err)
	}
	if err := os.WriteFile(s.out, text, 0o644); err != nil { //nolint:gosec // source code is for everybody to read
		return fmt.Errorf("ormgen: %w", err)
	}
	return nil
}
