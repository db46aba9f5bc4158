package main

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/rest"
)

// digest is what is kept of a token.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// authenticate puts the actor into the context: from here on the books know who asks. Before that nobody knows the firm, so the
// user is looked up across firms.
func authenticate(db orm.DB, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			fail(w, r, &rest.Error{Status: http.StatusUnauthorized, Detail: "say who you are"})
			return
		}
		user, err := orm.Repo[User](db).Where(Users.Token.Eq(digest(token))).One(rls.Bypass(r.Context(), "who asks is found by the token"))
		if errors.Is(err, orm.ErrNotFound) {
			err = &rest.Error{Status: http.StatusUnauthorized, Detail: "say who you are"}
		}
		if err != nil {
			fail(w, r, err)
			return
		}
		actor := orm.Actor{ID: user.ID, TenantID: user.FirmID, Role: user.Role, RequestID: r.Header.Get("X-Request-ID")}
		next.ServeHTTP(w, r.WithContext(orm.WithActor(r.Context(), actor)))
	})
}
