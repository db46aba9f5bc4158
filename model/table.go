package model

import (
	"errors"
	"fmt"
	"slices"

	"github.com/multi-orm/orm/internal/fault"
)

// modelTag reads the tag of a blank field, which speaks of the model.
func (d *draft) modelTag(raw string) error {
	if raw == "" || raw == "-" {
		return nil
	}
	tg, err := parseTag(raw, false)
	if err != nil {
		return err
	}
	if err := tg.only("a blank field", "table", "schema", "datasource"); err != nil {
		return err
	}
	return d.modelWords(tg)
}

// modelWords takes what a column's tag says of the whole model.
func (d *draft) modelWords(tg tag) error {
	for _, key := range []string{"table", "schema", "datasource"} {
		v, ok := tg.find(key)
		if !ok {
			continue
		}
		if err := checkName(key, v); err != nil {
			return err
		}
		if before, said := d.said[key]; said && before != v {
			return fmt.Errorf("%s= says %q here and %q before", key, v, before)
		}
		d.said[key] = v
	}
	return nil
}

// finish settles what the model as a whole needs.
func (d *draft) finish() error {
	m := d.model
	m.Table, m.Schema, m.Source = d.said["table"], d.said["schema"], d.said["datasource"]
	name, ok, err := m.tableName()
	if err != nil {
		return fault.New(fault.ErrInvalid, m.Name, "", err.Error())
	}
	if ok {
		if m.Table != "" && m.Table != name {
			return fault.New(fault.ErrInvalid, m.Name, "", fmt.Sprintf("table= says %q and TableName says %q", m.Table, name))
		}
		if err := checkName("table", name); err != nil {
			return fault.New(fault.ErrInvalid, m.Name, "", "TableName: "+err.Error())
		}
		m.Table = name
	}
	if m.Table == "" {
		m.Table = DefaultTable(m.Name)
	}
	if err := d.settleOrder(); err != nil {
		return err
	}
	if err := d.settleIndexes(); err != nil {
		return err
	}
	if m.Result {
		return d.result()
	}
	if len(m.Key) == 0 {
		return fault.New(fault.ErrInvalid, m.Name, "", `no primary key: add the word "id" to a field's tag, as in orm:"code,id"`)
	}
	m.numbered()
	slices.SortStableFunc(m.Made, func(a, b *Field) int { // numbers that tell rows apart come back first
		if a.Auto == b.Auto {
			return 0
		}
		if a.Auto {
			return -1
		}
		return 1
	})
	if len(m.Made) > 63 {
		return fault.New(fault.ErrUnsupported, m.Name, "", fmt.Sprintf("the source makes the values of %d columns (auto, dbdefault), and 63 are the most", len(m.Made)))
	}
	return d.nameColumns()
}

// tableName asks the type's own method, called on a zero value.
func (m *Model) tableName() (name string, ok bool, err error) {
	n, ok := m.NewRow().Interface().(interface{ TableName() string })
	if !ok {
		return "", false, nil
	}
	defer func() {
		if recover() != nil {
			err = errors.New("TableName panics on a zero value")
		}
	}()
	return n.TableName(), true, nil
}

// numbered has the source make the key of a model that says nothing of it: a whole number called ID without a tag. One whose values the
// caller gives says so by a tag, orm:"id".
func (m *Model) numbered() {
	f := m.Key[0]
	if len(m.Key) > 1 || f.Tag != "" || f.Name != "ID" || f.Auto || f.Kind != Int && f.Kind != Uint {
		return
	}
	f.Auto = true
	m.Given = slices.DeleteFunc(m.Given, func(g *Field) bool { return g == f })
	m.Made = append(m.Made, f)
}
