package introspect

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/multi-orm/orm/dialect"
)

// Tool is a migration tool, whose form files have.
type Tool uint8

// The tools.
const (
	// Goose is pressly/goose: one file for both ways, "20260102150405_name.sql".
	Goose Tool = iota + 1
	// Migrate is golang-migrate/migrate: "000001_name.up.sql" and "000001_name.down.sql", which count on from what is there.
	Migrate
	// Atlas is ariga.io/atlas: "20260102150405_name.sql" and atlas.sum. It works the way back out itself, so no file has it.
	Atlas
)

// file is one file to be.
type planFile struct{ name, text string }

// maxFileName bounds the name that a caller gives.
const maxFileName = 100

// WriteFiles writes the plan into dir, which it makes where it is absent, in the form of a migration tool. name is what the files
// are called behind their number: letters, digits, _ and -. Nothing is run: that is the tool's affair, and yours after reading.
//
// Steps that run in one transaction share a file. A step that cannot (an index made concurrently, a table of SQLite for which
// [ForeignKeysOn] switches foreign keys off) has a file of its own, with the tool's mark for it. golang-migrate has no such mark: on SQLite
// it opens a transaction unless the address says x-no-tx-wrap=true, and inside it such a file fails before it does anything. Later files of
// one plan have later numbers, and all are later than what dir holds.
//
// A step of SQLite that makes a table anew keeps nothing of itself where a statement of it fails, even in a shell that goes on behind it, as
// sqlite3 does without -bail; the file says to give it, for the sake of the steps behind.
//
// Destructive steps are comments at the end of the last file, unless the plan was made with [Destructive]. What goes back
// brings no values back: the files say so where it matters. Times are in UTC; it takes [Clock].
//
// An empty plan writes nothing and gives [ErrNothing]. No file is overwritten: one of the same name is an error, after which none of the
// plan is left. A name, a tool or a folder that cannot be is ErrInvalid, and so is an atlas.sum that is not that of its folder.
func (p *Migration) WriteFiles(dir string, tool Tool, name string, opts ...Option) error {
	o, err := gather(filing, opts)
	if err != nil {
		return err
	}
	switch {
	case tool < Goose || tool > Atlas:
		return invalid("", "the tool of a migration is Goose, Migrate or Atlas")
	case !fileName(name):
		return invalid("", "the name of a migration is of letters, digits, _ and -, at most "+strconv.Itoa(maxFileName)+" of them")
	case p.Empty():
		return ErrNothing
	}
	now := time.Now
	if o.plan.now != nil {
		now = o.plan.now
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return failed(err)
	}
	last, err := lastVersion(dir)
	if err != nil {
		return err
	}
	if tool == Atlas {
		if err := checkSum(dir); err != nil {
			return err
		}
	}
	for _, c := range p.Changes {
		for _, text := range append(slices.Clone(c.Up), c.Down...) {
			if tool.marked(text) {
				return invalid(c.Table, "a comment in the database's own text of the table reads like a mark of the tool: take it out, or take another tool")
			}
		}
	}
	v := versions{tool: tool, last: last, now: now().UTC()}
	var files []planFile
	groups := p.groups()
	for i, g := range groups {
		g.batched = p.Dialect == dialect.SQLServer{}.Name()
		at := name
		if len(groups) > 1 {
			at += "_" + strconv.Itoa(i+1)
		}
		files = append(files, tool.files(v.next()+"_"+at, g)...)
	}
	if err := writeNew(dir, files); err != nil {
		return err
	}
	if tool == Atlas {
		return writeSum(dir)
	}
	return nil
}

func fileName(name string) bool {
	return name != "" && len(name) <= maxFileName && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') && r != '_' && r != '-'
	})
}

func failed(err error) error { return fmt.Errorf("introspect: the files of the plan: %w", err) }

// writeNew writes files that are not there yet, all or none.
func writeNew(dir string, files []planFile) (err error) {
	var written []string
	defer func() {
		if err == nil {
			return
		}
		for _, path := range written {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	for _, f := range files {
		path := filepath.Join(dir, f.name)
		w, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // source code is for everybody to read
		if err != nil {
			return failed(err)
		}
		written = append(written, path)
		_, err = w.WriteString(f.text)
		if err := errors.Join(err, w.Close()); err != nil {
			return failed(err)
		}
	}
	return nil
}

// lastVersion is the highest number that the names of files in dir begin with, 0 where there is none.
func lastVersion(dir string) (last int64, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, failed(err)
	}
	for _, e := range entries {
		number, _, _ := strings.Cut(e.Name(), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if !strings.HasSuffix(e.Name(), ".sql") || errors.Is(err, strconv.ErrSyntax) {
			continue
		}
		last = max(last, n) // the highest there is where it is out of range
	}
	if last >= maxVersion {
		return 0, invalid("", "a file in the folder has a number that none can follow")
	}
	return last, nil
}

// maxVersion leaves room behind every time of fourteen digits.
const maxVersion = 1e17

// versions are the numbers of files.
type versions struct {
	tool Tool
	last int64
	now  time.Time
}

// next gives a number above all before it: the next one where a tool counts, a time elsewhere.
func (v *versions) next() string {
	const firstTime = 1e13 // of fourteen digits
	if v.tool == Migrate && v.last < firstTime {
		v.last++
		return fmt.Sprintf("%06d", v.last)
	}
	n, err := strconv.ParseInt(v.now.Format("20060102150405"), 10, 64)
	if err != nil || n <= v.last { // two files of one second; a number need not be a time
		n = v.last + 1
	}
	v.last = n
	return strconv.FormatInt(n, 10)
}

// group are the changes of one file.
type group struct {
	changes []Change
	later   []Change // destructive ones that stay comments
	alone   bool
	batched bool // SQL Server takes what it is given as one batch
}

// groups puts changes into files.
func (p *Migration) groups() []group {
	var out []group
	var later []Change
	for i := range p.Changes {
		c := p.Changes[i]
		switch {
		case c.Destructive && !p.destructive:
			later = append(later, c)
		case c.Alone:
			out = append(out, group{changes: []Change{c}, alone: true})
		case len(out) > 0 && !out[len(out)-1].alone:
			out[len(out)-1].changes = append(out[len(out)-1].changes, c)
		default:
			out = append(out, group{changes: []Change{c}})
		}
	}
	if len(out) == 0 {
		return []group{{later: later}}
	}
	out[len(out)-1].later = later
	return out
}
