package structure

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms is the table of DESIGN.md, section 5: what each may import of the project. Every room may import
// internal; the root may import everything but the sources themselves.
var rooms = map[string]string{
	"":         "builder dialect hook model source",
	"model":    "",
	"dialect":  "",
	"builder":  "dialect model",
	"source":   "builder dialect model source",
	"hook":     "builder model",
	"rls":      "builder hook model",
	"internal": "builder dialect hook model source",
	"examples": "root builder hook model rls source",
}

// besides lists what the table does not say, with the reason.
var besides = map[string]string{
	"rls imports dialect":                   "native policies are DDL, so names are quoted",
	"source/httpapi imports hook":           "credentials and kept replies belong to an actor",
	"source/postgres imports hook":          "who wrote reads from the primary for a while",
	"rls/guard imports root":                "section 5 says so",
	"rls/rest imports root":                 "section 5 says so",
	"rls/rest imports rls":                  "resources are made of the shapes of rls/guard, in packages below it",
	"rls/rest/outline imports rls":          "an outline is made of those of rls/guard",
	"rls/rest/typescript imports rls":       "a client is made of an outline",
	"rls/rest/openapi imports rls":          "a document is made of an outline",
	"source/introspect imports root":        "it reads the source of a DB, and makes programs that import the root",
	"source/introspect/ormgen imports root": "a program, as a user's is",
	"internal/apitest imports root":         "it is an API as a program has one; only tests import it",
	"internal/apitest imports rls":          "its resources are those of rls/rest",
	"rls/rest/client imports rls":           "it writes the language that resources read",
	"rls/rest/client imports source":        "a service that serves resources is a source",
	"internal/bench imports root":           "it runs the library as a user does; only benchmarks import it",
	"internal/bench imports rls":            "its workloads run under a tenant scope",
	"internal/conformance imports root":     "the suite speaks as a user does; only tests import it",
	"hook/ormtest imports root":             "it works as a user does; only tests import it",
	"hook/ormtest imports rls":              "what it plants and looks after, it does under rls.Bypass",
	"hook/ormtest imports hook":             "what is registered goes to Open with the options",
	"hook/ormtest imports dialect":          "it attacks by terms made by hand",
	"hook/ormtest imports source":           "it plants rows of link tables in the source that holds them",
	"internal/randomquery imports root":     "it opens its graph as a user does; only tests import it",
}

// floors are the rooms through which statements pass, the lowest first: each may import those below it.
var floors = []string{"entity", "engine", "scoping", "rawsql", "reading", "writing", "related"}

// apart are rooms that stand on one floor: neither imports the other.
var apart = map[[2]string]bool{{"reading", "rawsql"}: true, {"writing", "rawsql"}: true, {"related", "rawsql"}: true}

// faces are the packages by which users, and the kits that speak for them, come to the floors.
var faces = map[string]bool{"": true, "source/introspect": true, "internal/conformance": true, "hook/ormtest": true, "internal/randomquery": true}

// Whoever asks for a slow statement is outside of the library, all floors of it.
func TestSlowQueryKnowsTheFloors(t *testing.T) {
	for _, f := range files(t) {
		if f.path != "hook/slowquery.go" {
			continue
		}
		for _, floor := range floors {
			if !strings.Contains(f.text, `"/internal/`+floor+`."`) {
				t.Errorf("%s takes internal/%s for the program of a user", f.path, floor)
			}
		}
		return
	}
	t.Error("hook/slowquery.go is not there")
}

func TestFloors(t *testing.T) {
	for _, f := range files(t) {
		dir := strings.TrimPrefix(f.dir, "internal/")
		here := slices.Index(floors, dir)
		if f.test {
			continue
		}
		for _, p := range imports(&f) {
			to := slices.Index(floors, strings.TrimPrefix(p, module+"/internal/"))
			if to < 0 || !strings.HasPrefix(p, module+"/internal/") {
				continue
			}
			switch {
			case here < 0 && floors[to] != "engine" && floors[to] != "entity" && !faces[f.dir]:
				t.Errorf("%s imports %s, which is for the floors and for the face", f.path, p)
			case here >= 0 && (to >= here || apart[[2]string{dir, floors[to]}]):
				t.Errorf("%s: the room %s must not import %s", f.path, dir, p)
			}
		}
	}
}

// maxRoom is the number of files in one folder of internal/ that a reader can look through.
const maxRoom = 25

// flat are folders of many files all the same, each with the reason.
var flat = map[string]string{
	"internal/conformance": "one file for each thing that sources must do alike",
}

func TestRoomsAreSmall(t *testing.T) {
	count := map[string]int{}
	for _, f := range files(t) {
		if within(f.dir, "internal") && !f.test {
			count[f.dir]++
		}
	}
	for dir, n := range count {
		if n > maxRoom && flat[dir] == "" {
			t.Errorf("%s has %d files, more than %d", dir, n, maxRoom)
		}
	}
}

// drivers may be linked by their source, and by the kits that tests and benchmarks use.
var drivers = map[string][]string{
	"github.com/jackc/pgx":               {"source/postgres", "internal/testkit", "internal/bench"},
	"modernc.org/sqlite":                 {"source/sqlite", "internal/bench"},
	"github.com/jmoiron/sqlx":            {"source/sqlite", "source/sqlserver"},
	"github.com/microsoft/go-mssqldb":    {"source/sqlserver", "internal/testkit"},
	"github.com/go-resty/resty":          {"internal/httpcall", "source/httpapi", "rls/rest/client"},
	"resty.dev":                          {"internal/httpcall", "source/httpapi", "rls/rest/client"},
	"golang.org/x/oauth2":                {"internal/httpcall", "source/httpapi", "rls/rest/client", "examples/quickstart"},
	"github.com/Masterminds/squirrel":    {"builder", "internal/bench"},
	"github.com/go-playground/validator": {"hook", "rls/guard", "rls/rest"},
}

func room(dir string) string {
	first, _, _ := strings.Cut(dir, "/")
	return first
}

func within(dir, parent string) bool { return dir == parent || strings.HasPrefix(dir, parent+"/") }

func imports(f *file) []string {
	var out []string
	for _, i := range f.ast.Imports {
		out = append(out, strings.Trim(i.Path.Value, `"`))
	}
	return out
}

func TestRooms(t *testing.T) {
	for _, f := range files(t) {
		if f.test {
			continue
		}
		allowed, known := rooms[room(f.dir)]
		if !known {
			t.Errorf("%s: DESIGN.md knows no room %q", f.path, room(f.dir))
			continue
		}
		for _, p := range imports(&f) {
			rest, ours := strings.CutPrefix(p, module)
			if !ours || rest != "" && rest[0] != '/' {
				continue
			}
			to := strings.TrimPrefix(rest, "/")
			target := room(to)
			if to == "" {
				target = "root"
			}
			switch {
			case besides[f.dir+" imports "+target] != "" || besides[room(f.dir)+" imports "+target] != "" && target != "root":
			case target == "internal" && room(f.dir) != "examples":
			case f.dir == "" && strings.HasPrefix(to, "source/") && to != "source/catalogue": // plain data
				t.Errorf("%s imports %s: a driver is linked only where its source is imported", f.path, p)
			case !contains(allowed, target):
				t.Errorf("%s: room %q must not import %q", f.path, room(f.dir), p)
			}
		}
	}
}

func contains(words, word string) bool {
	for _, w := range strings.Fields(words) {
		if w == word {
			return true
		}
	}
	return false
}

func TestDriversStayHome(t *testing.T) {
	for _, f := range files(t) {
		if f.test {
			continue
		}
		for _, p := range imports(&f) {
			for driver, homes := range drivers {
				if !within(p, driver) {
					continue
				}
				home := false
				for _, h := range homes {
					home = home || within(f.dir, h)
				}
				if !home {
					t.Errorf("%s imports %s, whose place is %s", f.path, p, strings.Join(homes, ", "))
				}
			}
		}
	}
}

// kits are for tests alone: they link drivers and the tools of others, and what imports them would too.
var kits = []string{"internal/apitest", "internal/bench", "internal/conformance", "hook/ormtest", "internal/randomquery", "internal/testkit", "internal/truth"}

func TestOnlyTestsImportKits(t *testing.T) {
	kit := func(dir string) bool {
		return slices.ContainsFunc(kits, func(k string) bool { return within(dir, k) })
	}
	for _, f := range files(t) {
		if f.test || kit(f.dir) {
			continue
		}
		for _, p := range imports(&f) {
			if dir, ours := strings.CutPrefix(p, module+"/"); ours && kit(dir) {
				t.Errorf("%s imports %s", f.path, p)
			}
		}
	}
}

// A test that imports the kit for users links the drivers that it imports itself: pgtest brings that of PostgreSQL, and no other.
func TestKitsLinkNoDriver(t *testing.T) {
	for kit, own := range map[string]string{"hook/ormtest": "", "hook/ormtest/pgtest": "github.com/jackc/pgx"} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "./"+kit)
		cmd.Dir = top(t)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		linked := map[string]bool{}
		for p := range strings.Lines(string(out)) {
			for driver := range drivers {
				if driver != "github.com/Masterminds/squirrel" && driver != "github.com/go-playground/validator" && within(strings.TrimSpace(p), driver) {
					linked[driver] = true
				}
			}
		}
		delete(linked, own)
		for driver := range linked {
			t.Errorf("%s links %s", kit, driver)
		}
	}
}

// squirrel stays inside: no exported name of builder speaks of it.
func TestSquirrelIsNotPublic(t *testing.T) {
	for _, f := range files(t) {
		if f.test || f.dir != "builder" {
			continue
		}
		for _, name := range exportedWith(f.ast, "sq") {
			t.Errorf("%s: %s shows squirrel", f.path, name)
		}
	}
}
