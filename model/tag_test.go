package model

import (
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm/internal/fault"
)

// field is one struct field of a table case.
type field struct {
	name string
	of   any
	tag  string
}

// structOf makes a model User with a key and the given fields.
func structOf(fields ...field) reflect.Type {
	sf := []reflect.StructField{{Name: "ID", Type: reflect.TypeFor[int64]()}}
	for _, f := range fields {
		t, ok := f.of.(reflect.Type)
		if !ok {
			t = reflect.TypeOf(f.of)
		}
		sf = append(sf, reflect.StructField{Name: f.name, Type: t, Tag: reflect.StructTag(`orm:"` + strings.ReplaceAll(f.tag, `"`, `\"`) + `"`)})
	}
	return reflect.StructOf(sf)
}

type plainStruct struct{ A, B int }

// noInterval is what a number in a column of intervals is refused with.
const noInterval = "is a number, and a number does not say how long an interval is: a time.Duration is kept as a bigint of nanoseconds, " +
	"without the word; a column of intervals is read and written as a string"

func TestTagErrors(t *testing.T) {
	long := strings.Repeat("x", 129)
	for _, c := range []struct {
		name string
		of   any
		tag  string
		want string // after the tag
	}{
		{"Email", "", "email,uniqe", `unknown word "uniqe" (did you mean "unique"?)`},
		{"Email", "", "email,Unique", `unknown word "Unique" (did you mean "unique"?)`},
		{"Email", "", "email,pk", `unknown word "pk" (here it is "id")`},
		{"Email", "", "email,primary", `unknown word "primary" (here it is "id")`},
		{"Email", "", "email,primaryKey", `unknown word "primaryKey" (here it is "id")`},
		{"Email", "", "email,key", `unknown word "key" (here it is "id")`},
		{"Email", "", "email,autoincrement", `unknown word "autoincrement" (here it is "auto")`},
		{"Email", "", "email,autoIncrement", `unknown word "autoIncrement" (here it is "auto")`},
		{"Email", "", "email,serial", `unknown word "serial" (here it is "auto")`},
		{"Email", "", "email,identity", `unknown word "identity" (here it is "auto")`},
		{"Email", "", "email,uniqueIndex", `unknown word "uniqueIndex" (here it is "unique")`},
		{"Email", "", "email,uniqueindex", `unknown word "uniqueindex" (here it is "unique")`},
		{"Email", "", "email,uniqueIndex=a", `unknown word "uniqueIndex=a" (here it is "unique")`},
		{"Email", "", "email,many2many=x", `unknown word "many2many=x" (here it is "through", as in "through=memberships(user_id:team_id)")`},
		{"Email", "", "email,m2m", `unknown word "m2m" (here it is "through", as in "through=memberships(user_id:team_id)")`},
		{"Email", "", "email,column=mail", `unknown word "column=mail" (the first word is the column's name)`},
		{"Email", "", "email,foreignKey=UserID", `unknown word "foreignKey=UserID" (here it is "relation", on the field of the related rows)`},
		{"Email", "", "email,fk", `unknown word "fk" (here it is "relation", on the field of the related rows)`},
		{"Email", "", "email,references=ID", `unknown word "references=ID" (here it is "relation", on the field of the related rows)`},
		{"Email", "", "email,belongs_to", `unknown word "belongs_to" (here it is "relation", on the field of the related rows)`},
		{"Email", "", "email,has_many", `unknown word "has_many" (here it is "relation", on the field of the related rows)`},
		{"Email", "", "email,soft_delete", `unknown word "soft_delete" (here it is "softdelete")`},
		{"Email", "", "email,deletedAt", `unknown word "deletedAt" (here it is "softdelete")`},
		{"Email", "", "email,nullzero", `unknown word "nullzero" (a pointer or a sql.Null type makes a column nullable, and any other type makes it NOT NULL; "notnull" is for types that hold NULL themselves)`},
		{"Email", "", "email,notnull", `word "notnull": type string has no NULL, so the column is NOT NULL without it`},
		{"Email", "", "email,not null", `unknown word "not null" (a pointer or a sql.Null type makes a column nullable, and any other type makes it NOT NULL; "notnull" is for types that hold NULL themselves)`},
		{"Email", "", "email,dbdefault='x,unique", `word "dbdefault='x,unique": a quote is not closed; one within a text is doubled`},
		{"Email", "", "email,comment='x,unique", `word "comment='x,unique": a quote is not closed; one within a text is doubled`},
		{"Email", "", "email,dbdefault=(1,unique", `word "dbdefault=(1,unique": a parenthesis is not closed`},
		{"Email", "", "email,index,where=email > '' AND (a,hidden", `word "where=email > '' AND (a,hidden": a parenthesis is not closed`},
		{"Email", "", `email,index,where="a > 1,hidden`, `word "where=\"a > 1,hidden": a quote is not closed; one within a text is doubled`},
		{"Email", "", "email,dbdefault=1; DROP TABLE users", `word "dbdefault=1; DROP TABLE users": an expression holds neither a semicolon nor a comment`},
		{"Email", "", "email,index,where=email > ';--/*' -- all", `word "where=email > ';--/*' -- all": an expression holds neither a semicolon nor a comment`},
		{"Email", "", "email,generated=1 /* two */", `word "generated=1 /* two */": an expression holds neither a semicolon nor a comment`},
		{"Email", "", "email,generated=1) + (2", `word "generated=1) + (2": a parenthesis closes what none opened`},
		{"Email", "", "email,type=numeric(10,hidden", `word "type=numeric(10,hidden": a parenthesis is not closed`},
		{"Email", "", "email,size=3,default=abcd", `word "default=abcd" is longer than size=3`},
		{"Email", "", "email,decimal=5,size=3", `words "decimal" and "size" exclude each other`},
		{"Email", "", "email,decimal=5,enum=1|2", `words "decimal" and "enum" exclude each other`},
		{"Email", "", "email,dbdefault='a',type=text default 'b'", `word "type=text default 'b'" says a DEFAULT, and so does dbdefault=: say it once`},
		{"Email", "", "email,generated=upper(a),type=text generated always as (a) stored", `word "type=text generated always as (a) stored" says by what the column is generated, and so does generated=: say it once`},
		{"Email", "", "email,qqqqq", `unknown word "qqqqq"`},
		{"Email", "", "email,filter=prefx", `word "filter=prefx": "prefx" is unknown (did you mean "prefix"?)`},
		{"Email", "", "email,filter=eq|ne&in", `word "filter=eq|ne&in": | and & exclude each other`},
		{"Email", "", "email,filter=eq|eq", `word "filter=eq|eq" says "eq" twice`},
		{"Email", "", "email,filter=", `word "filter=" needs a value, as in "filter=prefix|eq"`},
		{"Email", "", "email,filter=zeronull", `word "filter=zeronull": "zeronull" needs a plain value that may be NULL, not string`},
		{"Email", "", "email,filter=bool", `word "filter=bool": "bool" needs a bool, not string`},
		{"Email", "", "email,hidden,filter=eq", `words "filter" and "hidden" exclude each other`},
		{"Email", "", "email,order", `word "order" needs a value, as in "order=1"`},
		{"Email", "", "email,order=desc", `word "order=desc": "desc" is no place, a whole number from 1: write "order=1" or "order=1 desc"`},
		{"Email", "", "email,order=0", `word "order=0": "0" is no place, a whole number from 1: write "order=1" or "order=1 desc"`},
		{"Email", "", "email,order=-1", `word "order=-1": "-1" is no place, a whole number from 1: write "order=1" or "order=1 desc"`},
		{"Email", "", "email,order=+1", `word "order=+1": "+1" is no place, a whole number from 1: write "order=1" or "order=1 desc"`},
		{"Email", "", "email,order=01", `word "order=01": "01" is no place, a whole number from 1: write "order=1" or "order=1 desc"`},
		{"Email", "", "email,order=99999999999999999999", `word "order=99999999999999999999": "99999999999999999999" is no place, a whole number from 1: write "order=1" or "order=1 desc"`},
		{"Email", "", "email,order=1 dsec", `word "order=1 dsec": the direction is "asc" or "desc" (did you mean "desc"?)`},
		{"Email", "", "email,order=1 DESC", `word "order=1 DESC": the direction is "asc" or "desc" (did you mean "desc"?)`},
		{"Email", "", "email,order=1  desc", `word "order=1  desc": the direction is "asc" or "desc" (did you mean "desc"?)`},
		{"Email", "", "email,order=1,order=2", `word "order" is said twice`},
		{"Email", "", "email,order=2", `the places of "order" count from 1 without a gap, and no field has place 1`},
		{"Email", "", "email,hidden,order=1", `words "order" and "hidden" exclude each other`},
		{"Email", "", "email,noquery,order=1", `words "order" and "noquery" exclude each other`},
		{"Email", "", "email,computed,order=1", `words "order" and "computed" exclude each other`},
		{"Raw", []byte(nil), "raw,order=1", `"order" needs a value that is sorted, not []uint8`},
		{"Tags", []string(nil), "tags,order=1", `"order" needs a value that is sorted, not []string`},
		{"Doc", plainStruct{}, "doc,json,order=1", `"order" needs a value that is sorted, not model.plainStruct`},
		{"Doc", json.RawMessage(nil), "doc,order=1", `"order" needs a value that is sorted, not json.RawMessage`},
		{"Doc", "", "doc,type=JSON,order=1", `"order" needs a value that is sorted, which a column of type=JSON is not`},
		{"Orders", []plainStruct{}, "relation=id:a,order=1", `word "order=1" does not belong on a relation`},
		{"Home", plainStruct{}, "prefix=home_,order=1", `word "order=1" does not belong on a struct embedded with prefix=`},
		{"Email", "", "email,needs=Posts", `word "needs=Posts" belongs on a computed field`},
		{"Age", 0, "age,filter=contains", `word "filter=contains": "contains" needs a text, not int`},
		{"Raw", []byte(nil), "raw,filter=eq", `word "filter=eq": "eq" needs a plain value, not []uint8`},
		{"Email", "", "email,sorted=desc", `unknown word "sorted=desc"`},
		{"Email", "", "uniq=a", `unknown word "uniq=a"`},
		{"Email", "", "email,", "an empty word between commas, or at the end"},
		{"Email", "", "email,,unique", "an empty word between commas, or at the end"},
		{"Email", "", "email,unique,unique", `word "unique" is said twice`},
		{"Email", "", "email,unique=a,unique=a", `word "unique=a" is said twice`},
		{"Email", "", "email,hidden,hidden", `word "hidden" is said twice`},
		{"Email", "", "email,hidden=1", `word "hidden=1" takes no value: write "hidden"`},
		{"Email", "", "email,size", `word "size" needs a value, as in "size=64"`},
		{"Email", "", "email,unique=", `word "unique=" has an empty value`},
		{"Email", "", " email", `column " email" begins or ends with a space`},
		{"Email", "", "-,unique", `"-" skips the field and takes no other words`},
		{"Email", "", "e\x01mail", `word "e\x01mail" holds a control character or is not UTF-8`},
		{"Email", "", "email,default=a\x00b", `word "default=a\x00b" holds a control character or is not UTF-8`},
		{"Email", "", long, "the column is longer than 128 bytes"},
		{"C", 0, "c,scope", `word "scope" needs a value, as in "scope=company"`},
		{"C", 0, "c,scope=", `word "scope=" needs a value, as in "scope=company"`},
		{"C", 0, "c,scope=a,scope=b", `word "scope" is said twice`},
		{"C", 0, "c,scope=tenant", `word "scope=tenant": that scope has a word of its own: write "tenant"`},
		{"C", 0, "c,scope=owner", `word "scope=owner": that scope has a word of its own: write "owner"`},
		{"C", 0, "c,scope=rbac", `word "scope=rbac": the name is taken by the scope of roles`},
		{"C", 0, "c,scope=soft delete", `word "scope=soft delete": a scope's name is at most 64 letters, digits, hyphens and underscores`},
		{"C", 0, "c,tenant,scope=x", `words "scope" and "tenant" exclude each other`},
		{"C", 0, "c,scope=x,owner", `words "scope" and "owner" exclude each other`},
		{"C", new(time.Time), "c,scope=x,softdelete", `words "scope" and "softdelete" exclude each other`},
		{"C", 0, "c,scope=x,version", `words "scope" and "version" exclude each other`},
		{"C", 0, "c,scope=x,computed", `words "computed" and "scope" exclude each other`},
		{"C", 0, "c,scope=x,generated", `words "generated" and "scope" exclude each other`},
		{"C", 0, "c,scope=x,default=1", `words "scope" and "default" exclude each other`},
		{"C", "", "c,scope=x,enum=a|b", `words "scope" and "enum" exclude each other`},
		{"C", 0, "c,scope=x,updateonly", `words "scope" and "updateonly" exclude each other`},
		{"C", "", "c,scope=x,json", `words "scope" and "json" exclude each other`},
		{"C", 0, "c,scope=x,auto", `"scope" fills the column of a new row, and "auto" leaves it to the source: only a key may be both`},
		{"C", new(int), "c,scope=x", `"scope" needs an integer, a string or a UUID that is not nullable, not *int`},
		{"C", sql.NullString{}, "c,scope=x", `"scope" needs an integer, a string or a UUID that is not nullable, not sql.NullString`},
		{"C", []string{}, "c,scope=x", `"scope" needs an integer, a string or a UUID that is not nullable, not []string`},
		{"C", []byte{}, "c,scope=x", `"scope" needs an integer, a string or a UUID that is not nullable, not []uint8`},
		{"C", 1.5, "c,scope=x", `"scope" needs an integer, a string or a UUID that is not nullable, not float64`},
		{"C", false, "c,scope=x", `"scope" needs an integer, a string or a UUID that is not nullable, not bool`},
		{"C", time.Time{}, "c,scope=x", `"scope" needs an integer, a string or a UUID that is not nullable, not time.Time`},
		{"C", "", "c,scope=x,type=numeric(10,2)", `"scope" needs an integer, a string or a UUID that is not nullable, not string`},
		{"Orders", []plainStruct{}, "relation=id:a,scope=x", `word "scope=x" does not belong on a relation`},
		{"Email", "", "email,readonly,createonly", `words "readonly" and "createonly" exclude each other`},
		{"Email", "", "email,updateonly,readonly", `words "readonly" and "updateonly" exclude each other`},
		{"Email", "", "email,createonly,updateonly", `words "createonly" and "updateonly" exclude each other`},
		{"N", 0, "n,auto,default=3", `words "auto" and "default" exclude each other`},
		{"Email", "", "email,default=now", `"default=now" needs a time, not string`},
		{"N", 0, "n,default=uuid", `"default=uuid" needs a string or [16]byte, not int`},
		{"N", 0, "n,default=abc", `word "default=abc" is not a valid int`},
		{"N", int8(0), "n,default=300", `word "default=300" is not a valid int8`},
		{"At", time.Time{}, "at,default=yesterday", `word "default=yesterday" is not a valid time.Time`},
		{"N", 0, "n,update=now", `"update=now" needs a time, not int`},
		{"At", time.Time{}, "at,update=later", `word "update=later": the only value is "now"`},
		{"At", time.Time{}, "at,softdelete", `"softdelete" needs a nullable time: *time.Time or sql.Null[time.Time], not time.Time`},
		{"N", new(int), "n,softdelete", `"softdelete" needs a nullable time: *time.Time or sql.Null[time.Time], not *int`},
		{"V", "", "v,version", `"version" needs an integer that is not nullable, not string`},
		{"V", new(int), "v,version", `"version" needs an integer that is not nullable, not *int`},
		{"N", 0, "n,enum=a|b", `"enum" needs a string, not int`},
		{"Role", "", "role,enum=a||b", `word "enum=a||b" has an empty value between bars`},
		{"Role", "", "role,enum=a|a", `word "enum=a|a" says "a" twice`},
		{"Role", "", "role,enum=a|b,default=c", `word "default=c" is not among a, b`},
		{"Email", "", "email,size=0", `word "size=0": a size is a whole number above 0`},
		{"Email", "", "email,size=-1", `word "size=-1": a size is a whole number above 0`},
		{"Email", "", "email,size=x", `word "size=x": a size is a whole number above 0`},
		{"N", 0, "n,size=4", `"size" needs text or bytes, not int`},
		{"D", time.Hour, "d,type=interval", `word "type=interval": time.Duration ` + noInterval},
		{"D", new(time.Duration), "d,type=INTERVAL SECOND(3)", `word "type=INTERVAL SECOND(3)": time.Duration ` + noInterval},
		{"D", sql.Null[time.Duration]{}, "d,type=interval", `word "type=interval": time.Duration ` + noInterval},
		{"D", []time.Duration{}, "d,type=interval[]", `word "type=interval[]": []time.Duration ` + noInterval},
		{"D", int64(0), "d,type=interval(6)", `word "type=interval(6)": int64 ` + noInterval},
		{"D", 1.5, "d,type=interval", `word "type=interval": float64 ` + noInterval},
		{"D", "", "d,type=interval", ""},
		{"D", time.Hour, "d,type=bigint", ""},
		{"Key", new(int), "key,id", "a primary key cannot be NULL: use int instead of *int"},
		{"Key", sql.NullString{}, "key,id", "a primary key cannot be NULL: use string instead of sql.NullString"},
		{"Key", []string{}, "key,id", "type []string cannot be a primary key"},
		{"Key", 0, "key,id,version", `words "id" and "version" exclude each other`},
		{"Full", "", "full,computed,unique", `words "computed" and "unique" exclude each other`},
		{"Full", "", "full,computed,size=3", `words "computed" and "size" exclude each other`},
		{"ID2", 0, "id", `column "id" belongs to field ID already`},
		{"A", 0, "a,table=x", ``},
		{"Orders", []plainStruct{}, "relation=id:a,json", `word "json" does not belong on a relation`},
		{"Orders", []plainStruct{}, "orders,relation=id:a", `a relation has no column, so "orders" does not belong here`},
		{"Orders", []plainStruct{}, "relation=id:a,hidden", `word "hidden" does not belong on a relation`},
		{"Order", plainStruct{}, "relation=id:a", "a to-one relation may be absent: use a pointer, *model.plainStruct"},
		{"Order", 0, ",relation", "a relation is a slice of structs or a pointer to one, not int"},
		{"Order", new(plainStruct), "relation=id:a,through=t(a:b)", "through= makes a to-many relation: use a slice"},
		{"Orders", []plainStruct{}, "relation,through=t", `word "through=t": write through=table(local:remote)`},
		{"Orders", []plainStruct{}, "relation,through=t(a)", `word "through=t(a)": write through=table(local:remote)`},
		{"Orders", []plainStruct{}, "relation,through=(a:b)", `the link table is empty`},
		{"Orders", []plainStruct{}, "relation,through=t(a+:b)", `the link column is empty`},
		{"Orders", []plainStruct{}, "relation,through=t(a+a:b)", `word "through=t(a+a:b)" says column "a" twice on one side`},
		{"Orders", []plainStruct{}, "relation,strategy=joi", `unknown strategy "joi" (did you mean "join"?): use lookup or join`},
		{"Addr", plainStruct{}, "addr,prefix=a_", `a struct embedded with prefix= has no column, so "addr" does not belong here`},
		{"Addr", plainStruct{}, "prefix=a_,hidden", `word "hidden" does not belong on a struct embedded with prefix=`},
		{"Addr", new(plainStruct), "prefix=a_", ""},
		{"Addr", 0, "prefix=a_", "prefix= embeds a struct, not int"},
		{"At", time.Time{}, "prefix=a_", "prefix= embeds a struct, not time.Time"},
		{"X", new(*int), "x", `type **int is a pointer to a pointer: use *int, or skip it with "-"`},
		{"X", new(*int), "x,json", `type **int is a pointer to a pointer: use *int`},
		{"X", make(chan int), "x", `type chan int cannot be stored: skip it with "-"`},
		{"X", make(chan int), "x,json", `type chan int has no JSON form: skip it with "-"`},
		{"X", func() {}, "x", `type func() cannot be stored: skip it with "-"`},
		{"X", complex(1, 1), "x", `type complex128 cannot be stored: skip it with "-"`},
		{"X", map[string]int{}, "x", `type map[string]int is no column: add "json" to store it as a document, or skip it with "-"`},
		{"X", plainStruct{}, "x", `type model.plainStruct is no column: add "json" to store it as a document, "prefix=" to embed it, make it a pointer with "relation", or skip it with "-"`},
		{"X", new(plainStruct), "x", `type *model.plainStruct is no column: add "relation" for related rows, "json" to store it as a document, or skip it with "-"`},
		{"X", []plainStruct{}, "x", `type []model.plainStruct is no column: add "relation" for related rows, "json" to store it as a document, or skip it with "-"`},
		{"X", []*string{}, "x", ""},
		{"X", new(sql.NullString), "x", "type *sql.NullString can be NULL twice over: use sql.NullString"},
		{"X", reflect.TypeFor[any](), "x", `type interface {} is no column: add "json" to store it as a document, or skip it with "-"`},
		{"Doc", json.RawMessage{}, "doc,unique", `"unique" does not fit a column of type json.RawMessage`},
	} {
		_, err := readOne("User", structOf(field{c.name, c.of, c.tag}))
		if c.want == "" {
			if err != nil {
				t.Errorf("%s %q: %v", c.name, c.tag, err)
			}
			continue
		}
		var e *fault.Error
		if !errors.As(err, &e) || !errors.Is(err, fault.ErrInvalid) || e.Model != "User" || e.Field != c.name {
			t.Errorf("%s %q: %#v", c.name, c.tag, err)
			continue
		}
		got := err.Error()
		head := "orm: User." + c.name + ": invalid: tag "
		if !strings.HasPrefix(got, head) || !strings.HasSuffix(got, ": "+c.want) {
			t.Errorf("%q\n got %s\nwant %s...: %s", c.tag, got, head, c.want)
		}
	}
}

func TestTagErrorWhole(t *testing.T) {
	_, err := readOne("User", structOf(field{"Email", "", "email,uniqe"}))
	const want = `orm: User.Email: invalid: tag "email,uniqe": unknown word "uniqe" (did you mean "unique"?)`
	if err == nil || err.Error() != want {
		t.Fatalf("got %v\nwant %s", err, want)
	}
}

func TestTwoFieldErrors(t *testing.T) {
	for _, c := range []struct {
		fields []field
		want   string
	}{
		{[]field{{"A", 0, "x"}, {"B", 0, "x"}}, `orm: User.B: invalid: tag "x": column "x" belongs to field A already`},
		{[]field{{"A", 0, "a,tenant"}, {"B", 0, "b,tenant"}}, `orm: User.B: invalid: tag "b,tenant": "tenant" is on field A already`},
		{[]field{{"A", 0, "a,shardkey"}}, `orm: User.A: invalid: tag "a,shardkey": "shardkey" belongs on the tenant column, beside the word tenant, which may not be NULL`},
		{[]field{{"A", 0, "a,owner"}, {"B", 0, "b,owner"}}, `orm: User.B: invalid: tag "b,owner": "owner" is on field A already`},
		{[]field{{"A", 0, "a,scope=x"}, {"B", 0, "b,scope=x"}}, `orm: User.B: invalid: tag "b,scope=x": word "scope=x" is on field A already`},
		{[]field{{"A", 0, "a,version"}, {"B", 0, "b,version"}}, `orm: User.B: invalid: tag "b,version": "version" is on field A already`},
		{[]field{{"A", 0, "a,table=x"}, {"B", 0, "b,table=y"}}, `orm: User.B: invalid: tag "b,table=y": table= says "y" here and "x" before`},
		{[]field{{"A", 0, "a,datasource=x"}, {"B", 0, "b,datasource=y"}}, `orm: User.B: invalid: tag "b,datasource=y": datasource= says "y" here and "x" before`},
		{[]field{{"A", 0, "a,schema=x"}, {"B", 0, "b,schema=y"}}, `orm: User.B: invalid: tag "b,schema=y": schema= says "y" here and "x" before`},
		{[]field{{"A", 0, "a,unique=n"}, {"B", 0, "b,index=n"}}, `orm: User.B: invalid: tag "b,index=n": "n" is the name of a unique set and of an index`},
	} {
		if _, err := readOne("User", structOf(c.fields...)); err == nil || err.Error() != c.want {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
}

func TestTagWords(t *testing.T) {
	typ := structOf(
		field{"Email", "", "email,unique,unique=tenant_email, size=64 ,hidden,noquery"},
		field{"TenantID", int32(0), ",tenant,unique=tenant_email,createonly,table=people,schema=s,datasource=main"},
		field{"OwnerID", int32(0), ",owner,index,index=by_owner"},
		field{"Price", "", "price,type=numeric(10,2),default=1.50"},
		field{"Weird", "", `a "b".c d`},
		field{"Role", new(string), "role,enum=admin|user,default=user"},
		field{"Token", [16]byte{}, "token,default=uuid"},
		field{"Made", time.Time{}, "made,default=now,readonly"},
		field{"Seen", time.Time{}, "seen,update=now,updateonly"},
		field{"Gone", new(time.Time), "gone,softdelete"},
		field{"Ver", uint16(0), "version,version"},
		field{"Skip", make(chan int), "-"},
		field{"Full", map[string]chan int{}, ",computed,hidden"},
		field{"Doc", plainStruct{}, "doc,json"},
	)
	d, err := readOne("User", typ)
	if err != nil {
		t.Fatal(err)
	}
	m := d.model
	if m.Table != "people" || m.Schema != "s" || m.Source != "main" {
		t.Errorf("model: %q %q %q", m.Table, m.Schema, m.Source)
	}
	for i, f := range m.Fields {
		if f.Index != i || f.Model != m {
			t.Errorf("%s: index %d", f.Name, f.Index)
		}
	}
	get := func(name string) *Field {
		f, err := m.Field(name)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	if f := get("ID"); !f.Primary || f.Column != "id" || len(m.Key) != 1 || m.Key[0] != f {
		t.Error("key")
	}
	if f := get("Email"); f.Size != 64 || !f.Hidden || !f.NoQuery || f.Nullable {
		t.Errorf("%+v", f)
	}
	if m.Tenant != get("TenantID") || m.Tenant.Column != "tenant_id" || !m.Tenant.CreateOnly || m.Owner != get("owner_id") {
		t.Error("roles")
	}
	if m.SoftDelete != get("Gone") || m.Version != get("version") {
		t.Error("roles")
	}
	if len(m.Uniques) != 2 || m.Uniques[0].Name != "" || m.Uniques[1].Name != "tenant_email" || len(m.Uniques[1].Fields) != 2 {
		t.Errorf("%+v", m.Uniques)
	}
	if len(m.Indexes) != 2 || m.Indexes[1].Name != "by_owner" {
		t.Errorf("%+v", m.Indexes)
	}
	if f := get("Price"); f.DBType != "numeric(10,2)" || f.Default != FillLiteral || f.Literal != "1.50" || f.DefaultValue().Str() != "1.50" {
		t.Errorf("%+v", f)
	}
	if f := get("Weird"); f.Column != `a "b".c d` {
		t.Errorf("%q", f.Column)
	}
	if f := get("Role"); !f.Nullable || len(f.Enum) != 2 || f.Default != FillLiteral {
		t.Errorf("%+v", f)
	}
	if get("Token").Default != FillUUID || get("Made").Default != FillNow || !get("Made").ReadOnly || get("Seen").Update != FillNow || !get("Seen").UpdateOnly {
		t.Error("fills")
	}
	if f := get("Full"); !f.IsComputed || f.Index != 0 || len(m.Computed) != 1 || !f.Hidden {
		t.Errorf("%+v", f)
	}
	if f := get("Doc"); f.Kind != JSON || f.Nullable {
		t.Errorf("%+v", f)
	}
	if _, err := m.Field("Skip"); err == nil {
		t.Error("skipped field is known")
	}
}

// FuzzTag feeds whatever tag on several types: no panic, and nothing outside the grammar gets in.
func FuzzTag(f *testing.F) {
	for _, s := range []string{"", "-", "id,auto,datasource=main", "email,unique", "relation=id:user_id", "relation", ",relation,strategy=join",
		"relation=a+b:c+d,through=s.t(a+b:c)", "a,default=now,update=now", "prefix=x_", "x,enum=a|b,default=a", "p,type=numeric(10,2),size=3",
		"v,version", "x,json", ",computed", "a,softdelete", "x,order=desc", "x,order=1 desc", "x,order=1,hidden", "through=((", "a,default=", "=", ",", "id,table=x,schema=y", "\x00"} {
		f.Add(s)
	}
	types := []reflect.Type{
		reflect.TypeFor[string](), reflect.TypeFor[int](), reflect.TypeFor[*time.Time](), reflect.TypeFor[[16]byte](), reflect.TypeFor[[]string](),
		reflect.TypeFor[plainStruct](), reflect.TypeFor[*plainStruct](), reflect.TypeFor[[]plainStruct](), reflect.TypeFor[json.RawMessage](),
	}
	known := strings.Fields(words)
	f.Fuzz(func(t *testing.T, raw string) {
		for _, typ := range types {
			target, _, _ := relationTarget(typ)
			tg, err := parseTag(raw, target != nil)
			if err == nil {
				for _, w := range tg.words {
					if !slices.Contains(known, w.key) {
						t.Fatalf("unknown word %q accepted in %q", w.key, raw)
					}
				}
				if rebuilt := len(tg.words); rebuilt > strings.Count(raw, ",")+1 {
					t.Fatalf("%d words in %q", rebuilt, raw)
				}
			}
			m := &Model{Name: "User", Type: reflect.TypeFor[plainStruct](), fields: map[string]*Field{}, relations: map[string]*Relation{}}
			d := &draft{model: m, said: map[string]string{}}
			sf := reflect.StructField{Name: "X", Type: typ, Tag: reflect.StructTag("orm:" + strconv.Quote(raw))}
			if _, err := d.visit(sf, place{}); err == nil {
				_ = d.nameColumns()
			}
		}
		_, _, _ = ormTag(reflect.StructTag(raw))
	})
}

func readOne(name string, t reflect.Type) (*draft, error) {
	d := read(name, t)
	return d, fault.Join(d.errs)
}

type wrongInner struct {
	A int `orm:"a,uniqu"`
}

type wrongRelated struct {
	ID   int64  `orm:"id"`
	Size string `orm:"size,enun=a,hiden"`
}

type wrongOuter struct {
	ID     int64          `orm:"id,auot"`
	Secret string         `orm:"hidden"`
	Price  string         `orm:"price,auto,version"`
	Home   wrongInner     `orm:"prefix=home_"`
	Other  []wrongRelated `orm:"relation=id:other"`
	Next   *wrongOuter    `orm:"relation=nxt:id"`
}

// Every mistake of a graph is told at once.
func TestEveryMistakeIsTold(t *testing.T) {
	_, err := Of(reflect.TypeFor[wrongOuter]())
	if err == nil {
		t.Fatal("it was taken")
	}
	for _, want := range []string{"wrongOuter.ID", `(did you mean "auto"?)`, "wrongOuter.Secret", `",hidden"`, "wrongOuter.Price",
		"wrongOuter.Home.A", `(did you mean "unique"?)`, "wrongRelated.Size", `(did you mean "enum"?)`, `(did you mean "hidden"?)`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not told in\n%s", want, err)
		}
	}
	for _, e := range fault.All(err) {
		var f *fault.Error
		if !errors.As(e, &f) || !errors.Is(e, fault.ErrInvalid) || f.Model == "" || f.Field == "" {
			t.Errorf("%v: %#v", e, f)
		}
	}
}

// A word that stands where the column's name stands is not taken for a column in silence.
func TestAFlagIsNoColumnByMistake(t *testing.T) {
	for _, c := range []struct {
		model any
		ok    bool
	}{
		{struct {
			Gone string `orm:"softdelete"`
		}{}, false},
		{struct {
			Hidden string `orm:"hidden"`
		}{}, false},
		{struct {
			Secret string `orm:"hidden,unique"`
		}{}, false},
		{struct {
			Version int `orm:"version,version"`
		}{}, true},
		{struct {
			V int `orm:"version,version"`
		}{}, true},
		{struct {
			Owner int `orm:"owner,index"`
		}{}, true},
		{struct {
			Owner int `orm:",owner"`
		}{}, true},
		{struct{ Hidden string }{}, true},
	} {
		d := read("M", reflect.StructOf(append([]reflect.StructField{{Name: "ID", Type: reflect.TypeFor[int64](), Tag: `orm:"id"`}}, reflect.VisibleFields(reflect.TypeOf(c.model))...)))
		if (len(d.errs) == 0) != c.ok {
			t.Errorf("%T: %v", c.model, d.errs)
		} else if !c.ok && !strings.Contains(d.errs[0].Error(), `",`) {
			t.Errorf("the comma is not shown: %v", d.errs[0])
		}
	}
}
