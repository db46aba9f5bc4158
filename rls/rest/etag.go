package rest

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/model"
)

// etag gives the entity tag of a row: its version.
func etag(version model.Value) string {
	switch version.Kind() {
	case model.IntValue:
		return `"` + strconv.FormatInt(version.Int(), 10) + `"`
	case model.UintValue:
		return `"` + strconv.FormatUint(version.Uint(), 10) + `"`
	}
	return ""
}

// entityTags reads the list of a header If-Match or If-None-Match. any is *; weak tags have a W/ in front.
func entityTags(h http.Header, name string) (list []string, any, ok bool) {
	values := h.Values(name)
	if len(values) == 0 {
		return nil, false, true
	}
	s := strings.Join(values, ",")
	if strings.TrimSpace(s) == "*" {
		return nil, true, true
	}
	for {
		s = strings.TrimLeft(s, " \t,")
		if s == "" {
			return list, false, len(list) > 0
		}
		rest, weak := strings.CutPrefix(s, "W/")
		if !strings.HasPrefix(rest, `"`) {
			return nil, false, false
		}
		end := strings.IndexByte(rest[1:], '"')
		if end < 0 || len(list) == 100 {
			return nil, false, false
		}
		tag := rest[:end+2]
		if weak {
			tag = "W/" + tag
		}
		list = append(list, tag)
		s = strings.TrimLeft(rest[end+2:], " \t")
		if s != "" && s[0] != ',' {
			return nil, false, false
		}
	}
}

// precondition is what If-Match says of a row's version.
type precondition struct {
	said     bool
	versions model.List
}

// ifMatch reads If-Match. Tags that are none of ours, and weak ones, match no row.
func (c *call) ifMatch() (p precondition, err error) {
	list, any, ok := entityTags(c.http.Header, "If-Match")
	if c.http.Method != http.MethodGet && c.http.Method != http.MethodHead && c.http.Header.Get("If-None-Match") != "" {
		return p, refuse("", "If-None-Match is of GET and HEAD")
	}
	switch {
	case !ok:
		return p, refuse("", "If-Match is no list of entity tags")
	case any || list == nil:
		return p, nil
	case c.key == nil:
		return p, refuse("", "If-Match is of one row: name it in the path")
	case !c.caller.tagged:
		return p, &Error{Status: http.StatusPreconditionFailed, Detail: "the row has no entity tag, so none matches"}
	}
	p.said = true
	for _, tag := range list {
		n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64)
		if err == nil && etag(model.IntOf(n)) == tag {
			p.versions = append(p.versions, model.IntOf(n))
		}
	}
	return p, nil
}

// unchanged reports whether If-None-Match names the tag of what would be answered. Only what is told by the row's version alone
// can be unchanged: related rows, counts, computed columns and what After changes are not.
func (c *call) unchanged(tag string) bool {
	if tag == "" || !c.plainRow() {
		return false
	}
	list, any, ok := entityTags(c.http.Header, "If-None-Match")
	if !ok {
		return false
	}
	if any {
		return true
	}
	for _, t := range list {
		if strings.TrimPrefix(t, "W/") == tag {
			return true
		}
	}
	return false
}

// plainRow reports whether the request shows nothing but stored columns.
func (c *call) plainRow() bool {
	if c.asked.countTotal || c.beside() || c.res.after != nil {
		return false
	}
	chosen := c.op.Request.Root.Member("select")
	for _, x := range c.caller.outline.Columns {
		if x.Field.IsComputed && (chosen == nil || chosen.Member(x.Name) != nil) {
			return false
		}
	}
	return true
}

// several reports whether the answer takes more than one statement.
func (c *call) several() bool {
	return c.asked.countTotal || c.number != nil || len(c.caller.extras) > 0 && c.key == nil || c.beside()
}

// beside reports whether the request shows related rows, or counts of them.
func (c *call) beside() bool {
	o := c.caller.outline
	if len(o.Relations)+len(o.Counts) == 0 {
		return false
	}
	chosen, include := c.op.Request.Root.Member("select"), c.op.Request.Root.Member("include")
	if include != nil {
		return len(include.Members) > 0
	}
	if chosen != nil && chosen.Member("_count") != nil {
		return true
	}
	for i := range o.Relations {
		if chosen == nil && o.Relations[i].Always || chosen != nil && chosen.Member(o.Relations[i].Name) != nil {
			return true
		}
	}
	return false
}
