package model

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/identity"
)

// Made describes a table that no struct of the program describes.
type Made struct {
	Name          string // of the model in errors
	Source        string
	Schema, Table string
	Columns       []MadeColumn
	Order         []string // columns that give rows a stable order where none has the word id: nothing may be written then
}

// MadeColumn is a column of a Made.
type MadeColumn struct {
	Name  string
	Type  reflect.Type
	Words []string // of a tag, without the column's name
	// NotNull says that the column holds no NULL though the type does: nil leaves its value to the database.
	NotNull bool
}

// OfTable gives a model whose struct type is made at run time; its fields are called as the columns are. The same
// description gives the same model. Models are kept as long as the program runs.
func OfTable(t Made) (*Model, error) {
	typ, err := t.structType()
	if err != nil {
		return nil, err
	}
	for {
		seen := registry.Load()
		var known map[reflect.Type]*Model
		if seen != nil {
			known = *seen
		}
		if m := known[typ]; m != nil {
			return m, nil
		}
		m, err := t.model(typ)
		if err != nil {
			return nil, err
		}
		if publish(seen, known, []*Model{m}) {
			return m, nil
		}
	}
}

// structType makes a type that no other description has.
func (t *Made) structType() (_ reflect.Type, err error) {
	defer func() {
		if recover() != nil {
			err = fault.New(fault.ErrUnsupported, t.Name, "", "the table gives no struct")
		}
	}()
	own := identity.Key(nil, t.Name, t.Source, t.Schema, t.Table, strings.Join(t.Order, "\x00"))
	fields := make([]reflect.StructField, len(t.Columns))
	for i, c := range t.Columns {
		words := "c" + strconv.Itoa(i)
		for _, w := range c.Words {
			words += "," + w
		}
		tag := "orm:" + strconv.Quote(words) + " column:" + strconv.Quote(c.Name)
		if c.NotNull {
			tag += " null:\"no\""
		}
		if i == 0 {
			tag += " made:" + strconv.Quote(string(own))
		}
		fields[i] = reflect.StructField{Name: "C" + strconv.Itoa(i), Type: c.Type, Tag: reflect.StructTag(tag)}
	}
	return reflect.StructOf(fields), nil
}

func (t *Made) model(typ reflect.Type) (*Model, error) {
	d := &draft{said: map[string]string{},
		model: &Model{Name: t.Name, Type: typ, Slice: reflect.SliceOf(typ), Table: t.Table, Schema: t.Schema, Source: t.Source, fields: map[string]*Field{}, relations: map[string]*Relation{}}}
	m := d.model
	for i, c := range t.Columns {
		sf := typ.Field(i)
		tg, err := parseTag(sf.Tag.Get("orm"), false)
		if err == nil {
			sf.Name = c.Name
			err = d.addColumn(sf, tg, place{offset: sf.Offset})
		}
		if err != nil {
			return nil, fault.New(fault.ErrUnsupported, t.Name, c.Name, err.Error())
		}
		m.Fields[i].Column = c.Name
		m.Fields[i].Nullable = m.Fields[i].Nullable && !c.NotNull
		if err := checkName("column", c.Name); err != nil {
			return nil, fault.New(fault.ErrUnsupported, t.Name, c.Name, err.Error())
		}
	}
	if len(m.Made) > 63 {
		return nil, fault.New(fault.ErrUnsupported, t.Name, "", fmt.Sprintf("the database makes the values of %d columns, and 63 are the most", len(m.Made)))
	}
	if len(m.Key) == 0 {
		for _, c := range t.Order {
			m.Key = append(m.Key, m.fields[c])
		}
	}
	return m, d.nameColumns()
}
