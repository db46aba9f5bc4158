package introspect_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/multi-orm/orm/source/introspect"
)

// A schema with every oddity is read whole, each column is a field or told of; with ORM_TEST_PROGRAMS=all its models also compile, pass
// Check, and read and write every row.
func TestOdd(t *testing.T) {
	for _, e := range engines() {
		if !e.has("odd") {
			continue
		}
		t.Run(e.name, func(t *testing.T) {
			from, to := e.make(t), e.make(t)
			for _, address := range []string{from, to} {
				e.load(t, address, fixture(t, "odd."+e.name+".sql"))
			}
			e.load(t, from, fixture(t, "odd."+e.name+".rows.sql"))
			s, err := introspect.Read(t.Context(), open(t, e.open(from)))
			if err != nil {
				t.Fatal(err)
			}
			doc, err := json.MarshalIndent(s, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "odd."+e.name+".json", string(doc)+"\n")
			var notes []introspect.Note
			opts := []introspect.Option{introspect.Notes(&notes)}
			if e.name == "postgres" {
				opts = append(opts, introspect.SoftDelete("deleted_at"))
			}
			text := structs(t, s, opts...)
			golden(t, "odd."+e.name+".go.txt", text)
			var told strings.Builder
			for _, n := range notes {
				told.WriteString(n.String() + "\n")
			}
			golden(t, "odd."+e.name+".notes.txt", told.String())
			everyColumn(t, s, text, notes)
			if allPrograms() {
				run(t, e, text, structs(t, s, append(opts, introspect.NoColumns())...), from, to)
			}
		})
	}
}

// everyColumn holds that each column is a field or in a note.
func everyColumn(t *testing.T, s *introspect.Schema, text string, notes []introspect.Note) {
	t.Helper()
	for i := range s.Tables {
		for _, c := range s.Tables[i].Columns {
			noted := false
			for _, n := range notes {
				noted = noted || n.Table == s.Tables[i].FullName() && n.Column == c.Name
			}
			quoted, err := json.Marshal(c.Name)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.Trim(string(quoted), `"`)
			bare := strings.ToUpper(c.Name[:1]) + c.Name[1:] + " " // a field without a tag
			if !noted && !strings.Contains(text, `orm:"`+name) && !strings.Contains(text, "\"orm:\\\""+name) && !strings.Contains(text, "\t"+bare) {
				t.Errorf("%s.%s is neither a field nor told", s.Tables[i].FullName(), c.Name)
			}
		}
	}
}
