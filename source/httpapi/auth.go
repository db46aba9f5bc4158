package httpapi

import (
	"net/http"
	"time"

	"github.com/multi-orm/orm/internal/httpcall"
)

// Reason says why credentials are asked for.
type Reason uint8

// The reasons: none were had yet, those at hand have expired, or the API refused them with 401.
const (
	Missing = Reason(httpcall.Missing)
	Expired = Reason(httpcall.Expired)
	Refused = Reason(httpcall.Refused)
)

// Credentials are the headers that authorise a request.
type Credentials struct {
	Header  http.Header
	Expires time.Time // zero: they are good until they are refused
}

// Bearer makes the credentials of a bearer token.
func Bearer(token string, expires time.Time) Credentials {
	return Credentials{Header: http.Header{"Authorization": {"Bearer " + token}}, Expires: expires}
}

func (d *DataSource) credentials(perActor bool, fetch httpcall.Fetch) {
	if !d.call.Credentials(perActor, fetch) {
		d.refuse("credentials come from one of OAuth2, ClientCredentials and Auth")
	}
}
