package sqlserver

import (
	"bytes"
	"database/sql/driver"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/golang-sql/civil"
	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm/model"
)

// listText writes a list as a JSON array, for OPENJSON and for columns that hold arrays: bytes are base64, as OPENJSON reads them
// for a varbinary.
func listText(l model.List) (driver.Value, error) {
	out := append(make([]byte, 0, 2+12*len(l)), '[')
	for i := range l {
		if i > 0 {
			out = append(out, ',')
		}
		if l[i].Kind() == model.ListValue {
			return nil, refuse("lists do not nest")
		}
		v, err := bind(l[i])
		if err != nil {
			return nil, err
		}
		if out, err = appendItem(out, v); err != nil {
			return nil, err
		}
	}
	return string(append(out, ']')), nil
}

func appendItem(out []byte, v driver.Value) ([]byte, error) {
	switch x := v.(type) {
	case nil:
		return append(out, "null"...), nil
	case bool:
		return strconv.AppendBool(out, x), nil
	case int64:
		return strconv.AppendInt(out, x, 10), nil
	case float64:
		return strconv.AppendFloat(out, x, 'g', -1, 64), nil
	case []byte:
		return append(base64.StdEncoding.AppendEncode(append(out, '"'), x), '"'), nil
	case civil.DateTime:
		// more than seven digits of a second are no datetime2
		return append(x.In(time.UTC).AppendFormat(append(out, '"'), "2006-01-02T15:04:05.999999"), '"'), nil
	case mssql.UniqueIdentifier:
		return append(append(append(out, '"'), x.String()...), '"'), nil
	case string:
		if !utf8.ValidString(x) {
			return nil, refuse("a list holds text that is not UTF-8")
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(x); err != nil {
			return nil, refuse("a list holds text that has no JSON form").WithCause(err)
		}
		return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...), nil
	}
	return nil, unknown(v)
}
