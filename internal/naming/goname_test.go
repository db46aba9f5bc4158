package naming_test

import (
	"go/token"
	"testing"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm/internal/naming"
)

func TestGoNames(t *testing.T) {
	for in, want := range map[string]string{
		"users": "User", "user_ids": "UserID", "CustomerID": "CustomerID", "CUSTOMER_ID": "CustomerID", "HTTPServer": "HTTPServer", "people": "Person", "categories": "Category",
		"order details": "OrderDetail", "addresses": "Address", "address": "Address", "status": "Status", "statuses": "Status", "film_list": "FilmList", "us_states": "UsState",
		"PlaylistTrack": "PlaylistTrack", "2fa_codes": "N2faCode", "日本": "N日本", "--": "Unnamed", "news": "News", "buses": "Bus", "boxes": "Box", "movies": "Movie", "URLs": "URL", "classes": "Class",
		"databases": "Database", "analysis": "Analysis", "staff": "Staff", "öl_sorten": "ÖlSorten",
	} {
		if got := naming.Go(naming.Singular(naming.Words(in))...); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"user": "Users", "category": "Categories", "person": "People", "address": "Addresses", "staff": "Staff", "film_list": "FilmLists", "series": "Series", "status": "Statuses", "id": "IDs",
		"bus": "Buses", "box": "Boxes", "day": "Days", "child": "Children", "analysis": "Analyses", "business": "Businesses", "detail": "Details",
	} {
		if got := naming.Go(naming.Plural(naming.Words(in))...); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// Whatever a table is called, its Go name is one.
func TestGoNamesAreNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		for _, words := range [][]string{naming.Words(name), naming.Singular(naming.Words(name)), naming.Plural(naming.Words(name))} {
			if got := naming.Go(words...); !token.IsIdentifier(got) || !token.IsExported(got) {
				t.Fatalf("%q gives %q", name, got)
			}
		}
	})
}
