package httpapi

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
)

// segment is one part of a path between slashes: pieces of literal text and fields.
type segment []piece

type piece struct {
	text  string // already escaped
	field *model.Field
}

// parsePath reads a path template.
func parsePath(m *model.Model, path string) ([]segment, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, errors.New("a path begins with a slash")
	}
	if strings.ContainsAny(path, "?#") {
		return nil, errors.New("the query string is said with Query")
	}
	var out []segment
	parts := strings.Split(path[1:], "/")
	for i, part := range parts {
		if part == "" && i < len(parts)-1 {
			return nil, errors.New("a path has no empty segment")
		}
		var s segment
		for part != "" {
			open := strings.IndexByte(part, '{')
			text := part
			if open >= 0 {
				text = part[:open]
			}
			if strings.IndexByte(text, '}') >= 0 {
				return nil, errors.New("a brace is closed that was not opened")
			}
			if text != "" {
				plain, err := url.PathUnescape(text)
				if err != nil {
					return nil, errors.New("a percent sign begins no escape")
				}
				if err := apart(plain); err != nil {
					return nil, fmt.Errorf("%w; in a path a column stands as {column}", err)
				}
				s = append(s, piece{text: url.PathEscape(plain)})
			}
			if open < 0 {
				break
			}
			end := strings.IndexByte(part, '}')
			if end < open {
				return nil, errors.New("a brace is opened that is not closed")
			}
			f, err := stored(m, part[open+1:end])
			if err != nil {
				return nil, err
			}
			s = append(s, piece{field: f})
			part = part[end+1:]
		}
		if len(s) == 1 && (s[0].text == "." || s[0].text == "..") {
			return nil, errors.New("a path must not go to . or .. of itself")
		}
		out = append(out, s)
	}
	return out, nil
}

// expand writes the path with the fields' values, each of which stays inside its segment.
func expand(path []segment, value func(*model.Field) (model.Value, bool)) (string, error) {
	var b strings.Builder
	for _, s := range path {
		b.WriteByte('/')
		from, filled := b.Len(), false
		for _, p := range s {
			if p.field == nil {
				b.WriteString(p.text)
				continue
			}
			v, ok := value(p.field)
			if !ok {
				return "", jsonrow.Invalid(p.field, "the path needs the value")
			}
			text, err := segmentText(p.field, v)
			if err != nil {
				return "", err
			}
			b.WriteString(text)
			filled = true
		}
		if made := b.String()[from:]; filled && (made == "." || made == "..") {
			return "", jsonrow.Invalid(s[0].field, "the value cannot be part of a path: it would lead to another resource")
		}
	}
	return b.String(), nil
}

func segmentText(f *model.Field, v model.Value) (string, error) {
	text, err := jsonrow.Text(f, v)
	if err != nil {
		return "", err
	}
	if text == "" {
		return "", jsonrow.Invalid(f, "an empty value cannot be part of a path: it would lead to another resource")
	}
	for _, r := range text {
		if r < ' ' || r == 0x7f {
			return "", jsonrow.Invalid(f, "a value with control characters cannot be part of a path")
		}
	}
	return url.PathEscape(text), nil
}

func describePath(path []segment) string {
	var b strings.Builder
	for _, s := range path {
		b.WriteByte('/')
		for _, p := range s {
			if p.field != nil {
				fmt.Fprintf(&b, "{%s}", p.field.Column)
			} else {
				b.WriteString(p.text)
			}
		}
	}
	return b.String()
}
