package model

import (
	"errors"
	"fmt"
	"strings"
)

// isFlag reports whether a word stands alone, without a value.
func isFlag(word string) bool {
	switch word {
	case "auto", "generated", "tenant", "shardkey", "owner", "softdelete", "version", "json", "hidden", "readonly", "createonly", "updateonly", "noquery", "computed", "foreignkey", "dbdefault", "notnull", "unique", "index":
		return true
	}
	return false
}

func parseWord(s string) (word, error) {
	s = strings.TrimLeft(s, " ")
	if !strings.HasPrefix(s, "default=") { // a literal keeps its spaces
		s = strings.TrimRight(s, " ")
	}
	key, value, assigned := strings.Cut(s, "=")
	w := word{text: s, key: key, value: value}
	switch key {
	case "":
		return w, errors.New("an empty word between commas, or at the end")
	case "id", "auto", "notnull", "tenant", "shardkey", "owner", "softdelete", "version", "json", "hidden", "readonly", "createonly", "updateonly", "noquery", "computed", "foreignkey":
		if assigned {
			return w, fmt.Errorf("word %q takes no value: write %q", w.text, key)
		}
	case "unique", "index", "relation", "dbdefault", "generated":
		if assigned && value == "" {
			return w, fmt.Errorf("word %q has an empty value", w.text)
		}
	case "datasource", "table", "schema", "default", "update", "through", "strategy", "comment", "where", "include", "ondelete", "onupdate", "enum", "size", "type", "prefix", "agg", "scope", "filter", "order", "needs", "decimal":
		if value == "" {
			return w, fmt.Errorf("word %q needs a value, as in %q", w.text, example(key))
		}
	default:
		hint := elsewhere(key)
		if hint == "" {
			hint = suggest(key, strings.Fields(words))
		}
		return w, fmt.Errorf("unknown word %q%s", w.text, hint)
	}
	return w, nil
}

func example(key string) string {
	switch key {
	case "datasource":
		return "datasource=main"
	case "default", "update":
		return key + "=now"
	case "through":
		return "through=memberships(user_id:team_id)"
	case "strategy":
		return "strategy=lookup"
	case "comment":
		return "comment='what it is, in words'"
	case "where":
		return "where=status = 'open'"
	case "include":
		return "include=name+price"
	case "ondelete":
		return "ondelete=cascade"
	case "onupdate":
		return "onupdate=cascade"
	case "enum":
		return "enum=admin|user"
	case "size":
		return "size=64"
	case "type":
		return "type=numeric(10,2)"
	case "decimal":
		return "decimal=12.2"
	case "prefix":
		return "prefix=home_"
	case "agg":
		return "agg=count(*)"
	case "scope":
		return "scope=company"
	case "filter":
		return "filter=prefix|eq"
	case "order":
		return "order=1"
	case "needs":
		return "needs=User.Profile"
	}
	return key + "=users"
}
