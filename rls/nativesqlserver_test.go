package rls_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/rls"
)

type policyUser struct {
	ID   int64       `orm:"id,auto"`
	Firm string      `orm:"firm,tenant,size=40"`
	Name string      `orm:"name"`
	Tags []policyTag `orm:"relation=id:id,through=policy_user_tags(user_id:tag_id)"`
}

func (policyUser) TableName() string { return "policy's users" }

type policyTag struct {
	ID   [16]byte `orm:"id,schema=sales,table=tags"`
	Firm [16]byte `orm:"firm,tenant"`
}

// The statements are those of the golden file, which the grammar of T-SQL takes (internal/tsql).
func TestNativeSchemaForSQLServer(t *testing.T) {
	out, err := rls.NativeSchemaFor(dialect.SQLServer{}, nativeNote{}, policyUser{}, policyTag{})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(out, "\n") + "\n"
	const file = "testdata/native_sqlserver.txt"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || got != string(want) {
		t.Errorf("%v\n%s", err, got)
	}
	for _, d := range []dialect.Dialect{dialect.SQLite{}, nil} {
		if _, err := rls.NativeSchemaFor(d, nativeNote{}); !errors.Is(err, orm.ErrUnsupported) {
			t.Error(err)
		}
	}
}
