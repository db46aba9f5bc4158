package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// sale is a row with the usual columns; the replies hold others beside them.
type sale struct {
	ID     int64     `orm:"id,id,datasource=blog" json:"id"`
	ShopID int64     `orm:"shop_id" json:"shop_id"`
	Name   string    `orm:"name" json:"name"`
	Note   *string   `orm:"note" json:"note"`
	Price  float64   `orm:"price" json:"price"`
	Paid   bool      `orm:"paid" json:"paid"`
	SoldAt time.Time `orm:"sold_at" json:"sold_at"`
}

func (sale) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/sales").Items("$.data").Total("$.meta.total")}
}

// salesReply is an envelope of n rows.
func salesReply(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"data":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"shop_id":%d,"name":"Article number %d","note":"left at the \"door\"","price":%d.25,"paid":true,"sold_at":"2024-05-0%dT10:20:30Z","links":{"self":"/sales/%d","tags":["a","b"]}}`,
			i+1, i%50, i, i%1000, i%9+1, i+1)
	}
	fmt.Fprintf(&b, `],"meta":{"total":%d}}`, n)
	return b.Bytes()
}

// BenchmarkRead reads ten thousand rows over a real connection: through the source, and by hand with encoding/json,
// which checks nothing.
func BenchmarkRead(b *testing.B) {
	const n = 10_000
	body := salesReply(n)
	at := ""
	db := open(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at = "http://" + r.Host + r.URL.Path
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}), orm.Models(sale{}))
	ctx := context.Background()
	source := func(b *testing.B) {
		if rows, err := orm.Repo[sale](db).All(ctx); err != nil || len(rows) != n {
			b.Fatal(len(rows), err)
		}
	}
	source(b)
	client := &http.Client{Transport: &http.Transport{}}
	b.Cleanup(client.CloseIdleConnections)
	b.Run("source", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			source(b)
		}
	})
	b.Run("encodingjson", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			res, err := client.Get(at)
			if err != nil {
				b.Fatal(err)
			}
			text, err := io.ReadAll(res.Body)
			if err != nil {
				b.Fatal(err)
			}
			_ = res.Body.Close()
			var reply struct {
				Data []sale
				Meta struct{ Total int64 }
			}
			if err := json.Unmarshal(text, &reply); err != nil || len(reply.Data) != n {
				b.Fatal(len(reply.Data), err)
			}
		}
	})
}
