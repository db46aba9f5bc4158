package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/multi-orm/orm/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// shop is the service under test.
type shopClient struct {
	t    *testing.T
	addr string
}

func (c shopClient) do(token, method, path, body string, want int) map[string]any {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, "http://"+c.addr+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != want {
		c.t.Fatalf("%s %s: status %d, want %d: %s", method, path, resp.StatusCode, want, text)
	}
	if len(text) == 0 {
		return nil
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		c.t.Fatalf("%s %s: %s", method, path, text)
	}
	if list, ok := out.([]any); ok {
		return map[string]any{"list": list}
	}
	return out.(map[string]any)
}

func start(t *testing.T, database string) shopClient {
	ctx, stop := context.WithCancel(t.Context())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() {
		done <- run(ctx, options{addr: "localhost:0", database: database}, func(addr string) { ready <- addr })
	}()
	select {
	case addr := <-ready:
		t.Cleanup(func() {
			http.DefaultClient.CloseIdleConnections()
			stop()
			if err := <-done; err != nil {
				t.Errorf("the service ended with %v", err)
			}
		})
		return shopClient{t, addr}
	case err := <-done:
		stop()
		t.Fatal(err)
	case <-time.After(20 * time.Second):
		stop()
		t.Fatal("the service does not start")
	}
	panic("unreachable")
}

func TestSQLite(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("", func(t *testing.T) { sell(t, start(t, ":memory:")) })
}

func TestPostgres(t *testing.T) { sell(t, start(t, testkit.Postgres(t))) }

// sell goes through a day in two shops.
func sell(t *testing.T, c shopClient) {
	c.do("", "GET", "/orders", "", http.StatusUnauthorized)
	c.do("nobody", "GET", "/orders", "", http.StatusUnauthorized)
	if list := c.do("ann", "GET", "/products", "", http.StatusOK)["list"].([]any); len(list) != 3 {
		t.Errorf("%d products in stock", len(list))
	}
	order := c.do("ann", "POST", "/orders", `{"customer":"Mr Gray","lines":[{"sku":"MUG-RED","quantity":2},{"sku":"TEA-100","quantity":1}]}`, http.StatusCreated)
	if order["id"] != 1.0 || order["lines"].([]any)[0].(map[string]any)["cents"] != 1780.0 {
		t.Errorf("the new order: %v", order)
	}
	c.do("ann", "POST", "/orders", `{"customer":"Mr Gray","lines":[{"sku":"NONE","quantity":2}]}`, http.StatusBadRequest)
	c.do("ann", "POST", "/orders", `{"customer":"Mr Gray","lines":[{"sku":"MUG-RED","quantity":0}]}`, http.StatusBadRequest)
	c.do("ann", "POST", "/orders", `{"customer":"","lines":[{"sku":"MUG-RED","quantity":1}]}`, http.StatusBadRequest)
	for range 25 {
		c.do("bob", "POST", "/orders", `{"customer":"Ms Teal","lines":[{"sku":"TEA-100","quantity":1}]}`, http.StatusCreated)
	}

	page := c.do("ann", "GET", "/orders", "", http.StatusOK)
	lines := page["orders"].([]any)[0].(map[string]any)["lines"].([]any)
	if len(page["orders"].([]any)) != 1 || page["next"] != nil || lines[0].(map[string]any)["product"].(map[string]any)["title"] != "Mug, red" {
		t.Errorf("a shop's orders: %v", page)
	}
	page = c.do("bob", "GET", "/orders?status=open", "", http.StatusOK)
	rest := c.do("bob", "GET", "/orders?status=open&cursor="+page["next"].(string), "", http.StatusOK)
	if len(page["orders"].([]any)) != 20 || len(rest["orders"].([]any)) != 5 || rest["next"] != nil || rest["prev"] == nil {
		t.Errorf("pages of %d and %d orders", len(page["orders"].([]any)), len(rest["orders"].([]any)))
	}
	c.do("ann", "GET", "/orders?status=open&cursor="+page["next"].(string), "", http.StatusBadRequest)
	c.do("bob", "GET", "/orders/1", "", http.StatusNotFound)
	c.do("bob", "PATCH", "/orders/1", `{"version":0,"status":"paid"}`, http.StatusNotFound)

	version := c.do("ann", "GET", "/orders/1", "", http.StatusOK)["version"].(float64)
	body, _ := json.Marshal(map[string]any{"version": version, "status": "paid"})
	changed := c.do("ann", "PATCH", "/orders/1", string(body), http.StatusOK)
	if changed["status"] != "paid" || changed["customer"] != "Mr Gray" {
		t.Errorf("the changed order: %v", changed)
	}
	c.do("ann", "PATCH", "/orders/1", string(body), http.StatusConflict)
	c.do("ann", "DELETE", "/orders/1", "", http.StatusForbidden) // a clerk
	c.do("bob", "DELETE", "/orders/1", "", http.StatusForbidden)
	c.do("max", "DELETE", "/orders/1", "", http.StatusNoContent)
	c.do("max", "GET", "/orders/1", "", http.StatusNotFound)
	c.do("max", "GET", "/orders/x", "", http.StatusBadRequest)
}
