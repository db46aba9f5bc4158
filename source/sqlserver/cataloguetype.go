package sqlserver

import (
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

func (r *catalogueReader) column(c *foundColumn) catalogue.Column {
	out := catalogue.Column{Name: c.Name, DBType: typeText(c.Type, c.Length, c.Precision, c.Scale), Nullable: c.Nullable, Collation: c.Collation}
	kindOf(&out, c)
	if a := r.aliases[c.Alias]; a != nil {
		out.Domain = catalogue.FullName(r.in(a.Schema), a.Name)
	}
	switch said := unwrapped(c.Said); {
	case c.Generated != "":
		out.Generated, out.Virtual = c.Generated, !c.Persisted
	case c.Type == "timestamp":
		out.Generated = "rowversion"
	case c.Period == 1:
		out.Generated = "ROW START"
	case c.Period == 2:
		out.Generated = "ROW END"
	case !strings.EqualFold(said, "NULL"):
		out.Default = said
	}
	if c.Identity || strings.HasPrefix(strings.ToUpper(out.Default), "NEXT VALUE FOR ") {
		out.Identity = catalogue.IdentityByDefault
	}
	return out
}

// typeText writes a type as a declaration does.
func typeText(name string, length, precision, scale int) string {
	switch name {
	case "varchar", "char", "varbinary", "binary":
		return name + sizeText(length)
	case "nvarchar", "nchar":
		if length > 0 {
			length /= 2
		}
		return name + sizeText(length)
	case "decimal", "numeric":
		return name + "(" + strconv.Itoa(precision) + "," + strconv.Itoa(scale) + ")"
	case "datetime2", "datetimeoffset", "time":
		return name + "(" + strconv.Itoa(scale) + ")"
	case "timestamp": // which holds no time
		return "rowversion"
	}
	return name
}

func sizeText(n int) string {
	if n < 0 {
		return "(max)"
	}
	return "(" + strconv.Itoa(n) + ")"
}

// kindOf says what a column holds by the name of its type.
func kindOf(out *catalogue.Column, c *foundColumn) {
	out.Type = catalogue.Other
	switch c.Type {
	case "bit":
		out.Type = catalogue.Bool
	case "tinyint":
		out.Type = catalogue.Uint8
	case "smallint":
		out.Type = catalogue.Int16
	case "int":
		out.Type = catalogue.Int32
	case "bigint":
		out.Type = catalogue.Int64
	case "real":
		out.Type = catalogue.Float32
	case "float":
		out.Type = catalogue.Float64
	case "decimal", "numeric":
		out.Type, out.Digits, out.Scale = catalogue.Decimal, c.Precision, c.Scale
	case "money":
		out.Type, out.Digits, out.Scale = catalogue.Decimal, 19, 4
	case "smallmoney":
		out.Type, out.Digits, out.Scale = catalogue.Decimal, 10, 4
	case "char", "varchar":
		out.Type, out.Size = catalogue.Text, max(0, c.Length)
	case "nchar", "nvarchar", "sysname":
		out.Type, out.Size = catalogue.Text, max(0, c.Length/2)
	case "text", "ntext":
		out.Type = catalogue.Text
	case "binary", "varbinary", "timestamp":
		out.Type, out.Size = catalogue.Bytes, max(0, c.Length)
	case "image":
		out.Type = catalogue.Bytes
	case "datetime2", "datetime", "smalldatetime", "datetimeoffset":
		out.Type = catalogue.Time
	case "date":
		out.Type = catalogue.Date
	case "time":
		out.Type = catalogue.Clock
	case "uniqueidentifier":
		out.Type = catalogue.UUID
	case "json":
		out.Type = catalogue.JSON
	}
}

// unwrapped takes the parentheses off that the server puts around the expressions that it keeps.
func unwrapped(expression string) string {
	for {
		tokens := sqltokens.Split(expression)
		depth := 0
		for i, t := range tokens {
			switch {
			case t.Is("("):
				depth++
			case t.Is(")"):
				depth--
			}
			if depth == 0 && i < len(tokens)-1 {
				return expression
			}
		}
		if len(tokens) < 3 || !tokens[0].Is("(") {
			return expression
		}
		expression = strings.TrimSpace(expression[tokens[0].End:tokens[len(tokens)-1].Start])
	}
}

// documentIn gives the column whose condition is that it is a JSON document, "" for another condition.
func documentIn(condition string) string {
	var words []string
	for _, t := range sqltokens.Split(condition) {
		if !t.Is("(") && !t.Is(")") {
			words = append(words, t.Text)
		}
	}
	if len(words) == 4 && strings.EqualFold(words[0], "isjson") && words[2] == "=" && words[3] == "1" {
		return words[1]
	}
	return ""
}

// listed is sqltokens.Listed for a list that the server keeps as comparisons, from the last value to the first.
func listed(condition string) (column string, values []string, ok bool) {
	column, values, ok = sqltokens.Listed(condition)
	if ok && strings.Contains(condition, "=") {
		slices.Reverse(values)
	}
	return column, values, ok
}
