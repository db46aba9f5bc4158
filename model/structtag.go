package model

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
)

// ormTag finds the orm tag. Unlike StructTag.Lookup it refuses a tag that is malformed or written
// twice: a tag lost in silence could lose a tenant mark.
func ormTag(st reflect.StructTag) (raw string, found bool, err error) {
	rest := strings.TrimLeft(string(st), " ")
	for rest != "" {
		i := strings.IndexByte(rest, ':')
		if i <= 0 || i+1 >= len(rest) || rest[i+1] != '"' {
			return raw, found, malformed(rest)
		}
		key := rest[:i]
		quoted, e := strconv.QuotedPrefix(rest[i+1:])
		if e != nil || strings.ContainsAny(key, " \"\t\n") {
			return raw, found, malformed(rest)
		}
		if key == "orm" {
			if found {
				return raw, found, errors.New("the field has two orm tags")
			}
			found = true
			raw, _ = strconv.Unquote(quoted)
		}
		rest = strings.TrimLeft(rest[i+1+len(quoted):], " ")
	}
	return raw, found, nil
}

// malformed ignores rubbish that has nothing to do with this library.
func malformed(rest string) error {
	if strings.Contains(rest, "orm:") || strings.HasPrefix(rest, "orm") {
		return errors.New("the struct tag is malformed near " + strconv.Quote(rest) + `: write orm:"..." without spaces around the colon`)
	}
	return nil
}
