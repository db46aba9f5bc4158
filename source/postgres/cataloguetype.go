package postgres

import (
	"slices"

	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// kind says what a column holds: the type below its domain, and below that the elements of an array.
func (r *catalogueReader) kind(c *catalogue.Column, id int64, modifier int) {
	y := r.types[id]
	for range maxDomains {
		if y == nil || y.Kind != "d" {
			break
		}
		if y.NotNull {
			c.Nullable = false
		}
		if c.Domain == "" {
			c.Domain = catalogue.FullName(r.in(y.Schema), y.Name)
		}
		for _, check := range y.Checks {
			if name, values, ok := sqltokens.Listed(check.Expression); ok && name == "VALUE" {
				c.Enum = values
			}
		}
		if modifier < 0 {
			modifier = y.Modifier
		}
		y = r.types[y.Base]
	}
	c.Type = catalogue.Other
	if y == nil {
		return
	}
	if y.Elem != 0 {
		elem := catalogue.Column{}
		r.kind(&elem, y.Elem, modifier)
		c.Type, c.Elem, c.Size, c.Digits, c.Scale, c.Enum, c.EnumType = catalogue.Array, elem.Type, elem.Size, elem.Digits, elem.Scale, elem.Enum, elem.EnumType
		return
	}
	if y.Kind == "e" {
		c.Type, c.Enum, c.EnumType = catalogue.Text, slices.Clone(y.Labels), catalogue.FullName(r.in(y.Schema), y.Name)
		return
	}
	if y.Name == "citext" {
		c.Type = catalogue.Text
	}
	if y.Schema == "pg_catalog" {
		c.Type = baseKind(y.Name)
	}
	if modifier >= 4 {
		switch y.Name {
		case "varchar", "bpchar":
			c.Size = modifier - 4
		case "numeric":
			c.Digits = (modifier - 4) >> 16
			if c.Scale = (modifier - 4) & 0x7ff; c.Scale >= 1024 { // negative: rounded before the point
				c.Scale -= 2048
			}
		}
	}
}

// maxDomains bounds domains over domains.
const maxDomains = 64

func baseKind(name string) catalogue.Kind {
	switch name {
	case "bool":
		return catalogue.Bool
	case "int2":
		return catalogue.Int16
	case "int4":
		return catalogue.Int32
	case "int8":
		return catalogue.Int64
	case "oid":
		return catalogue.Uint32
	case "float4":
		return catalogue.Float32
	case "float8":
		return catalogue.Float64
	case "numeric":
		return catalogue.Decimal
	case "text", "varchar", "bpchar":
		return catalogue.Text
	case "bytea":
		return catalogue.Bytes
	case "timestamp", "timestamptz":
		return catalogue.Time
	case "date":
		return catalogue.Date
	case "time":
		return catalogue.Clock
	case "uuid":
		return catalogue.UUID
	case "json", "jsonb":
		return catalogue.JSON
	}
	return catalogue.Other
}
