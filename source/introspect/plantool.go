package introspect

import (
	"slices"
	"strings"
)

// files are those of one group; version is the number and the name.
func (t Tool) files(version string, g group) []planFile {
	switch t {
	case Migrate:
		return []planFile{{version + ".up.sql", t.up(g)}, {version + ".down.sql", t.down(g)}}
	case Atlas:
		return []planFile{{version + ".sql", atlasHead(g) + t.up(g)}}
	}
	head := ""
	if g.alone {
		head = "-- +goose NO TRANSACTION\n"
	}
	return []planFile{{version + ".sql", head + "-- +goose Up\n" + t.up(g) + "\n-- +goose Down\n" + t.down(g)}}
}

// up is what takes the steps.
func (t Tool) up(g group) string {
	var b strings.Builder
	gap := func() {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
	}
	if slices.ContainsFunc(slices.Concat(g.changes, g.later), func(c Change) bool { return c.Kind == "rebuild table" }) {
		b.WriteString("-- The shell of SQLite goes on behind a statement that fails unless it is started with -bail: say it, so that no step runs without those before it.\n")
	}
	for i := range g.changes {
		gap()
		c := &g.changes[i]
		if c.Destructive {
			b.WriteString("-- Destructive.\n")
		}
		b.WriteString("-- " + asComment(heading(c)) + "\n")
		for _, s := range c.Up {
			b.WriteString(t.statement(g, s))
		}
	}
	for i := range g.later {
		gap()
		c := &g.later[i]
		b.WriteString("-- Destructive, so it is a comment: take the marks away where it is meant.\n")
		if c.Alone && !g.alone {
			b.WriteString("-- It must not run inside a transaction: put it into a file of its own.\n")
		}
		b.WriteString("-- " + asComment(heading(c)) + "\n")
		for _, s := range c.Up {
			b.WriteString(commented(s))
		}
	}
	return b.String()
}

// down is what takes them back, the last one first.
func (t Tool) down(g group) string {
	var b strings.Builder
	for i := range g.later {
		c := &g.later[len(g.later)-1-i]
		b.WriteString("-- " + asComment(oneLine("back from "+subject(c))) + "\n")
		if lossy(c) {
			b.WriteString("-- It does not bring back what the step lost, and may cut or round what does not fit.\n")
		}
		for _, s := range c.Down {
			b.WriteString(commented(s))
		}
	}
	for _, c := range slices.Backward(g.changes) {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString("-- " + asComment(oneLine("back from "+subject(&c))) + "\n")
		switch {
		case len(c.Down) == 0:
			b.WriteString("-- Nothing takes it back.\n")
		case lossy(&c):
			b.WriteString("-- It does not bring back what the step lost, and may cut or round what does not fit.\n")
		}
		for _, s := range c.Down {
			b.WriteString(t.statement(g, s))
		}
	}
	return b.String()
}

// lossy reports whether a step may have lost values, or its way back may cut or round them.
func lossy(c *Change) bool {
	return c.Kind == "alter type" || c.Destructive && (c.Kind == "drop column" || c.Kind == "drop table" || c.Kind == "rebuild table")
}

// statement is a statement as the tool takes it.
func (t Tool) statement(g group, s string) string {
	switch {
	case t == Migrate && g.batched: // a file is one batch, which is read whole before the column that it adds is there
		return "EXEC(N'" + strings.ReplaceAll(s, "'", "''") + "');\n"
	case t == Goose && strings.Contains(s, ";"):
		return "-- +goose StatementBegin\n" + closed(s) + "\n-- +goose StatementEnd\n"
	case t == Atlas && g.delimited():
		return closed(s) + strings.Repeat("\n", g.newlines())
	}
	return closed(s) + "\n"
}

// closed puts a semicolon behind a statement, on a line of its own where a comment would swallow it.
func closed(s string) string {
	if i := strings.LastIndexByte(s, '\n'); strings.Contains(s[i+1:], "--") {
		return s + "\n;"
	}
	return s + ";"
}

// asComment makes text a comment that no tool reads anything out of: some cut files at semicolons, wherever those stand, and look for
// their own words in every comment.
func asComment(text string) string {
	return strings.NewReplacer(";", ",", "\r", " ", "\n", " ", "+goose", "+ goose", "atlas:", "atlas :").Replace(text)
}

// commented makes comments of the lines of a statement. A database ends a comment at every kind of line's end.
func commented(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "+goose", "+ goose", "atlas:", "atlas :").Replace(closed(s))
	return "-- " + strings.ReplaceAll(s, "\n", "\n-- ") + "\n"
}

// marked reports whether a tool would read a mark of its own out of a statement, which is then cut elsewhere than it ends.
func (t Tool) marked(s string) bool {
	mark := map[Tool]string{Goose: "+goose", Atlas: "atlas:"}[t]
	if mark == "" {
		return false
	}
	for line := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if strings.HasPrefix(strings.TrimSpace(line), "--") && strings.Contains(line, mark) {
			return true
		}
	}
	return false
}

// atlasHead holds the marks of a file of Atlas, the first of which must be the first line.
func atlasHead(g group) string {
	head := ""
	if g.delimited() {
		head += "-- atlas:delimiter " + strings.Repeat(`\n`, g.newlines()) + "\n"
	}
	if g.alone {
		head += "-- atlas:txmode none\n"
	}
	if head != "" {
		head += "\n"
	}
	return head
}

// delimited reports whether a semicolon stands inside a statement, so that others must not end where one stands.
func (g group) delimited() bool {
	return slices.ContainsFunc(g.changes, func(c Change) bool {
		return slices.ContainsFunc(c.Up, func(s string) bool { return strings.Contains(s, ";") })
	})
}

// newlines is how many of them end a statement: more than stand together inside one.
func (g group) newlines() int {
	n := 3
	for _, c := range g.changes {
		for _, s := range c.Up {
			for strings.Contains(s, strings.Repeat("\n", n)) {
				n++
			}
		}
	}
	return n
}
