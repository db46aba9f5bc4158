package sqlite

import "testing"

func TestComputes(t *testing.T) {
	for expression, want := range map[string]bool{
		"": false, "price": false, "coalesce(discount, price)": false, "CASE WHEN (paid) THEN price ELSE 0 END": false, "iif(discount < price, discount, price)": false,
		"nullif(price, 'a*b')": false, "\"a-b\"": false, "CASE WHEN a <> b AND (b >= c) THEN a END": false,
		"quantity * price": true, "price - discount": true, "price+1": true, "round(price)": true, "CAST(price AS REAL)": true, "n % 3": true, "a/*x*/*b": true,
	} {
		if got := computes(expression); got != want {
			t.Errorf("%s: %v", expression, got)
		}
	}
}
