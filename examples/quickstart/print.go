package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/multi-orm/orm"
)

// printer writes tables; the first failure stays in err.
type printer struct {
	w      io.Writer
	titled bool
	err    error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// title starts a section.
func (p *printer) title(s string) {
	if p.titled {
		p.printf("\n")
	}
	p.titled = true
	p.printf("== %s\n", s)
}

// table prints rows under a header, the columns aligned.
func (p *printer) table(header string, rows [][]string) {
	if p.err != nil {
		return
	}
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	head := strings.Split(header, "|")
	rule := make([]string, len(head))
	for i, h := range head {
		rule[i] = strings.Repeat("-", utf8.RuneCountInString(h))
	}
	for _, row := range append([][]string{head, rule}, rows...) {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	p.err = t.Flush()
}

// statement prints what ran, and how many rows it gave or touched. Arguments are never part of it.
func (p *printer) statement(s orm.Statement) {
	text := s.Text
	if s.Verb == "insert" && len(text) > 300 { // an insert of many rows
		text = fmt.Sprintf("%.200s … (%s bytes)", text, grouped(int64(len(text))))
	}
	p.printf("   [%s, %d rows, %s] %s\n", s.Source, s.Rows, s.Duration.Round(time.Microsecond), text)
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// or writes what a pointer leads to, and a dash for NULL.
func or[V any](v *V) string {
	if v == nil {
		return "–"
	}
	if f, ok := any(*v).(float64); ok {
		return grouped(int64(f))
	}
	return fmt.Sprint(*v)
}

// names joins one field of many rows.
func names[T any](rows []T, name func(T) string) string {
	if len(rows) == 0 {
		return "–"
	}
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = name(r)
	}
	return strings.Join(out, ", ")
}

// progress tells how far the loading is: a bar on a terminal, a line for each table elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
}

func newProgress(f *os.File) *progress {
	info, err := f.Stat()
	return &progress{w: f, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// show draws how much of a table is loaded.
func (p *progress) show(table string, done, total int) {
	if !p.terminal {
		return
	}
	const width = 30
	full := width * done / max(total, 1)
	fmt.Fprintf(p.w, "\rloading %-20s [%s%s] %6d rows", table, strings.Repeat("#", full), strings.Repeat(".", width-full), done)
}

// done says that a table is loaded.
func (p *progress) done(table string, n int) {
	if p.terminal {
		p.show(table, n, n)
		return
	}
	fmt.Fprintf(p.w, "loaded %5d %s\n", n, table)
}

// end wipes the bar.
func (p *progress) end() {
	if p.terminal {
		fmt.Fprintf(p.w, "\r%-75s\r", "")
	}
}
