package model

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/multi-orm/orm/internal/fault"
)

// words lists the grammar, also for suggestions.
const words = "id auto generated datasource table schema unique index decimal default dbdefault notnull comment where include update tenant shardkey owner scope softdelete version " +
	"relation through strategy foreignkey ondelete onupdate json enum size type hidden readonly createonly updateonly noquery computed needs filter order prefix agg"

// tag is an orm tag taken apart, not yet checked against the field's type.
type tag struct {
	raw    string
	column string // "" = made from the field's name
	skip   bool
	words  []word
}

type word struct {
	text  string // as written
	key   string
	value string

	where, include string // of unique and index: what the words where= and include= behind them say
}

// parseTag takes raw apart. related tells that the field's type could hold related rows, so that a
// bare first "relation" is the word and not a column.
func parseTag(raw string, related bool) (tag, error) {
	t := tag{raw: raw}
	if raw == "-" {
		t.skip = true
		return t, nil
	}
	if raw == "" {
		return t, nil
	}
	var errs []error
	for i, s := range split(raw) {
		errs = append(errs, t.read(i, s, related))
	}
	if err := fault.Join(errs); err != nil {
		return t, err
	}
	return t, t.conflict()
}

// read takes the word at i.
func (t *tag) read(i int, s string, related bool) error {
	if bad := strings.IndexFunc(s, unicode.IsControl); bad >= 0 || !utf8.ValidString(s) {
		return fmt.Errorf("word %q holds a control character or is not UTF-8", s)
	}
	if i == 0 && !strings.Contains(s, "=") && (s != "relation" || !related) {
		if s == "-" {
			return errors.New(`"-" skips the field and takes no other words`)
		}
		if s != strings.TrimSpace(s) {
			return fmt.Errorf("column %q begins or ends with a space", s)
		}
		t.column = s
		return nil
	}
	if err := unclosed(s); err != nil {
		return err
	}
	w, err := parseWord(s)
	if err != nil {
		return err
	}
	return t.add(w)
}

// mistaken refuses a first word that was meant as a word: it names the column. Words of the field's own name, and those
// that are said again behind it, are columns.
func (t *tag) mistaken(own string) error {
	if !isFlag(t.column) || t.has(t.column) || len(t.words) > 0 && t.column == own {
		return nil
	}
	column := `leave the tag out for a column of that name`
	if t.column != own {
		column = fmt.Sprintf("a column %q needs a field of that name", t.column)
	}
	return fmt.Errorf("the first word is the column's name: for the word %q write %q; %s", t.column, ","+t.raw, column)
}

func (t *tag) add(w word) error {
	if w.key == "where" || w.key == "include" {
		return t.ofIndex(w)
	}
	for _, o := range t.words {
		if o.key != w.key {
			continue
		}
		if w.key != "unique" && w.key != "index" { // a column may be in several of these
			return fmt.Errorf("word %q is said twice", w.key)
		}
		if o.text == w.text {
			return fmt.Errorf("word %q is said twice", w.text)
		}
	}
	t.words = append(t.words, w)
	return nil
}

// ofIndex adds where= or include= to the unique or index that it stands behind.
func (t *tag) ofIndex(w word) error {
	if n := len(t.words); n > 0 && (t.words[n-1].key == "unique" || t.words[n-1].key == "index") {
		x := &t.words[n-1]
		said := &x.where
		if w.key == "include" {
			said = &x.include
		}
		if *said != "" {
			return fmt.Errorf("word %q is said twice of %q", w.key, x.text)
		}
		*said = w.value
		return nil
	}
	return fmt.Errorf("word %q stands behind the word unique or index that it is of", w.text)
}

func (t *tag) find(key string) (value string, ok bool) {
	for _, w := range t.words {
		if w.key == key {
			return w.value, true
		}
	}
	return "", false
}

func (t *tag) has(key string) bool {
	_, ok := t.find(key)
	return ok
}

// only fails on the first word that is not among the allowed ones.
func (t *tag) only(what string, allowed ...string) error {
	if t.column != "" {
		return fmt.Errorf("%s has no column, so %q does not belong here", what, t.column)
	}
next:
	for _, w := range t.words {
		for _, a := range allowed {
			if w.key == a {
				continue next
			}
		}
		return fmt.Errorf("word %q does not belong on %s", w.text, what)
	}
	return nil
}

func (t *tag) isRelation() bool {
	return t.has("relation") || t.has("through") || t.has("strategy") || t.has("foreignkey") || t.has("ondelete") || t.has("onupdate")
}

// conflict finds words that exclude each other whatever the field's type is.
func (t *tag) conflict() error {
	if t.isRelation() {
		return t.only("a relation", "relation", "through", "strategy", "foreignkey", "ondelete", "onupdate")
	}
	if t.has("prefix") {
		return t.only("a struct embedded with prefix=", "prefix")
	}
	for _, w := range t.words {
		for _, other := range strings.Fields(excludes(w.key)) {
			if t.has(other) {
				return fmt.Errorf("words %q and %q exclude each other", w.key, other)
			}
		}
	}
	return nil
}

// excludes lists what may not stand beside key; each pair is given once.
func excludes(key string) string {
	switch key {
	case "readonly":
		return "createonly updateonly"
	case "createonly":
		return "updateonly"
	case "auto":
		return "default update json"
	case "notnull":
		return "id computed softdelete"
	case "dbdefault":
		return "auto generated default update tenant shardkey owner scope softdelete version readonly updateonly"
	case "generated":
		return "auto default update tenant shardkey owner scope softdelete version readonly createonly updateonly"
	case "scope":
		return "tenant owner softdelete version default update json enum updateonly"
	case "filter", "order":
		return "noquery hidden computed agg"
	case "id":
		return "version softdelete update updateonly json"
	case "softdelete", "version":
		return "default update"
	case "json":
		return "enum"
	case "decimal":
		return "size enum"
	case "computed":
		return "id auto generated datasource table schema unique index default dbdefault update tenant shardkey owner scope softdelete version json enum size type createonly updateonly"
	}
	return ""
}
