package schemafit

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// takes lists the kinds of columns that hold a field of a kind without more ado. Numbers, times and decimals have rules of
// their own.
func takes(k model.Kind, dialect string) []catalogue.Kind {
	documents := []catalogue.Kind{catalogue.JSON}
	if dialect == "sqlserver" { // which keeps documents and lists as text
		documents = append(documents, catalogue.Text)
	}
	switch k {
	case model.Bool:
		return []catalogue.Kind{catalogue.Bool}
	case model.Bytes:
		return []catalogue.Kind{catalogue.Bytes}
	case model.UUID:
		return []catalogue.Kind{catalogue.UUID}
	case model.JSON:
		return documents
	case model.Array:
		if dialect == "sqlserver" {
			return documents
		}
	case model.Text: // an address, a number, a period: the type itself knows
		return []catalogue.Kind{catalogue.Text, catalogue.Other, catalogue.UUID, catalogue.Clock, catalogue.Date, catalogue.Decimal, catalogue.JSON}
	}
	return nil
}

// ofColumn judges by the column's type, which the database enforces.
func ofColumn(f *model.Field, c *catalogue.Column, dialect string) Misfit {
	switch {
	case f.Kind == model.String && f.Decimal == nil && (c.Type == catalogue.Text || c.Type == catalogue.JSON && dialect == "sqlserver"):
		return plainText(f, c)
	case f.Kind == model.Text && address(f):
		return addresses(f, c)
	case slices.Contains(takes(f.Kind, dialect), c.Type) && f.Decimal == nil:
		return Misfit{}
	case f.Decimal != nil:
		return decimals(f, c)
	}
	switch f.Kind {
	case model.Int, model.Uint:
		return whole(f, c)
	case model.Float:
		return floats(f, c)
	case model.Time:
		return times(f, c, dialect)
	case model.Array:
		return lists(f, c, dialect)
	case model.String:
		return texts(f, c)
	}
	return unfit(f, c, "")
}

// plainText judges a string over a column of texts.
func plainText(f *model.Field, c *catalogue.Column) Misfit {
	switch {
	case f.DBType != "" && !sameType(f.DBType, c.DBType) && c.EnumType == "" && c.Domain == "":
		return advice("the tag says type=%s and the column is %s", f.DBType, is(c))
	case strings.HasPrefix(strings.TrimPrefix(typeName(c.DBType), "n"), "char") && f.DBType == "":
		return advice("the column is %s, which fills texts up with spaces: say type=%s", is(c), is(c))
	}
	return Misfit{}
}

// address reports whether a field holds the address of a machine or a network.
func address(f *model.Field) bool {
	switch goes(f) {
	case "netip.Addr", "netip.Prefix", "net.IP", "net.IPNet":
		return true
	}
	return false
}

func addresses(f *model.Field, c *catalogue.Column) Misfit {
	switch {
	case c.DBType == "inet", c.DBType == "cidr", c.Type == catalogue.Text && (c.Size == 0 || c.Size >= 43): // an address of IPv6 with its prefix
		return Misfit{}
	}
	return unfit(f, c, "")
}

// texts judges a string over what is no text: every type has a text form, and the tag must say the type, since statements
// name it.
func texts(f *model.Field, c *catalogue.Column) Misfit {
	switch {
	case c.Type == catalogue.Bytes, c.Type == catalogue.Array:
	case sameType(f.DBType, c.DBType):
		return Misfit{}
	case f.DBType == "" && (c.Type == catalogue.Clock || c.Type == catalogue.Other):
		return unfit(f, c, "say type="+is(c))
	}
	return unfit(f, c, "")
}

func times(f *model.Field, c *catalogue.Column, dialect string) Misfit {
	day := strings.EqualFold(f.DBType, "date")
	switch {
	case f.TimeForm != model.TimeNative:
		return fault("the tag says type=%s, numbers that are times on SQLite alone, and the column is %s", f.DBType, is(c))
	case c.Type == catalogue.Date && !day:
		return fault("the column keeps days and the field keeps times, whose hours would be lost: say type=date")
	case c.Type == catalogue.Date:
		return Misfit{}
	case c.Type != catalogue.Time:
		return unfit(f, c, "")
	case day:
		return fault("the tag says type=date and the column is %s", is(c))
	case dialect == "postgres" && without(c.DBType) != without(f.DBType):
		return advice("the column is %s and the tag says otherwise, so that other programs take its times for those of another zone", is(c))
	case coarse(c.DBType) && !sameType(f.DBType, c.DBType):
		return advice("the column is %s, which rounds the microseconds of its times: say type=%s", is(c), is(c))
	}
	return Misfit{}
}

// without reports whether a type of PostgreSQL is a time that knows no zone.
func without(typ string) bool {
	typ = strings.ToLower(typ)
	return strings.HasPrefix(typ, "timestamp") && !strings.Contains(typ, "timestamptz") && !strings.Contains(typ, "with time zone")
}

// coarse reports whether a type of times keeps less than microseconds.
func coarse(typ string) bool {
	_, digits, sized := strings.Cut(typ, "(")
	return typ == "datetime" || typ == "smalldatetime" || sized && digits != "" && digits[0] < '6'
}

func lists(f *model.Field, c *catalogue.Column, dialect string) Misfit {
	switch {
	case c.Type != catalogue.Array:
		return unfit(f, c, "")
	case c.Depth > 1:
		return fault("the column is %s, of %d dimensions, and the field is a list", is(c), c.Depth)
	case f.Elem == nil:
		return Misfit{}
	}
	elem := catalogue.Column{Type: c.Elem, DBType: strings.TrimSuffix(c.DBType, "[]"), Size: c.Size, Digits: c.Digits, Scale: c.Scale}
	inner := *f.Elem
	inner.DBType = strings.TrimSuffix(f.DBType, "[]")
	m := ofColumn(&inner, &elem, dialect)
	if m.Why != "" {
		m.Why = "of the elements: " + m.Why
	}
	return m
}

// sameType compares names of types of PostgreSQL and SQL Server. One may be schema-qualified and the other not.
func sameType(a, b string) bool {
	a, b = typeName(a), typeName(b)
	return a != "" && (a == b || strings.HasSuffix(b, "."+a) || strings.HasSuffix(a, "."+b))
}

// typeName brings the names that one type has to one of them, and takes what follows the type away.
func typeName(t string) string {
	t = strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(t, `"`, "")), " "))
	for _, end := range []string{" collate ", " default ", " not null", " check ", " generated "} {
		t, _, _ = strings.Cut(t, end)
	}
	for _, r := range [][2]string{{"character varying", "varchar"}, {"character", "char"}, {"bpchar", "char"}, {" without time zone", ""}, {"decimal", "numeric"}} {
		t = strings.ReplaceAll(t, r[0], r[1])
	}
	if before, after, zoned := strings.Cut(t, " with time zone"); zoned {
		name, size, _ := strings.Cut(before, "(")
		if t = name + "tz" + after; size != "" {
			t = name + "tz(" + size + after
		}
	}
	return strings.ReplaceAll(t, " (", "(")
}
