package main

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// catalogue is a stand-in for the other team's service: pages of products, one product, and many at once.
func catalogue(products []Product) http.Handler {
	bySKU := map[string]Product{}
	for _, p := range products {
		bySKU[p.SKU] = p
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /products", func(w http.ResponseWriter, r *http.Request) {
		least, _ := strconv.Atoi(r.FormValue("min_stock"))
		var found []Product
		for _, p := range products {
			if p.Stock >= least {
				found = append(found, p)
			}
		}
		total := len(found)
		offset, _ := strconv.Atoi(r.FormValue("offset"))
		found = found[min(max(offset, 0), total):]
		if limit, err := strconv.Atoi(r.FormValue("limit")); err == nil {
			found = found[:min(max(limit, 0), len(found))]
		}
		reply(w, http.StatusOK, map[string]any{"products": found, "total": total})
	})
	mux.HandleFunc("GET /products/{sku}", func(w http.ResponseWriter, r *http.Request) {
		p, ok := bySKU[r.PathValue("sku")]
		if !ok {
			reply(w, http.StatusNotFound, map[string]string{"error": "no such product"})
			return
		}
		reply(w, http.StatusOK, p)
	})
	mux.HandleFunc("POST /products/bulk", func(w http.ResponseWriter, r *http.Request) {
		var ask struct {
			SKUs []string `json:"skus"`
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&ask); err != nil {
			reply(w, http.StatusBadRequest, map[string]string{"error": "the body is not what was asked for"})
			return
		}
		found := []Product{}
		for _, sku := range ask.SKUs {
			if p, ok := bySKU[sku]; ok {
				found = append(found, p)
			}
		}
		reply(w, http.StatusOK, map[string]any{"products": found})
	})
	return mux
}

// wares is what the stand-in sells.
func wares() []Product {
	return []Product{
		{SKU: "KETTLE-1", Title: "Kettle, 1 l", Cents: 2490, Stock: 12},
		{SKU: "MUG-RED", Title: "Mug, red", Cents: 890, Stock: 140},
		{SKU: "MUG-BLUE", Title: "Mug, blue", Cents: 890, Stock: 0},
		{SKU: "TEA-100", Title: "Black tea, 100 g", Cents: 620, Stock: 75},
	}
}
