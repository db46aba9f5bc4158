package main

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/rest"
)

const (
	cookie   = "session"
	lifetime = 7 * 24 * time.Hour
	rounds   = 210_000 // OWASP's number for PBKDF2 with SHA-512 is of this order
)

// accounts signs users up, in and out.
type accounts struct {
	db     orm.DB
	rounds int
}

func (a accounts) register(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/auth/sign-up/email", a.signUp)
	mux.HandleFunc("POST /api/auth/sign-in/email", a.signIn)
	mux.HandleFunc("POST /api/auth/sign-out", a.signOut)
}

type credentials struct {
	Name, Email, Password, Role string
}

func read(w http.ResponseWriter, r *http.Request) (c credentials, ok bool) {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil || c.Email == "" || len(c.Password) < 8 || len(c.Password) > 200 {
		http.Error(w, "it needs an email and a password of 8 characters at least", http.StatusBadRequest)
		return c, false
	}
	return c, true
}

func (a accounts) signUp(w http.ResponseWriter, r *http.Request) {
	c, ok := read(w, r)
	if !ok {
		return
	}
	hash, err := a.hash(c.Password)
	if err == nil {
		// the first to come is the admin; who else wants to be one is not
		err = a.db.Tx(r.Context(), func(tx orm.DB) error {
			role := "user"
			if some, err := orm.Repo[User](tx).Query().Exists(r.Context()); err != nil {
				return err
			} else if !some && c.Role == "admin" {
				role = "admin"
			}
			return orm.Repo[User](tx).Create(r.Context(), &User{Name: c.Name, Email: c.Email, Role: role, Password: hash})
		})
	}
	switch {
	case errors.Is(err, orm.ErrConflict):
		http.Error(w, "the email is taken", http.StatusConflict)
	case errors.Is(err, orm.ErrInvalid):
		http.Error(w, "the name or the email is not valid", http.StatusUnprocessableEntity)
	case err != nil:
		http.Error(w, "it could not be done", http.StatusInternalServerError)
	default:
		w.WriteHeader(http.StatusCreated)
	}
}

func (a accounts) signIn(w http.ResponseWriter, r *http.Request) {
	c, ok := read(w, r)
	if !ok {
		return
	}
	user, err := orm.Repo[User](a.db).Where(Users.Email.Eq(c.Email)).First(r.Context())
	if err != nil && !errors.Is(err, orm.ErrNotFound) {
		http.Error(w, "it could not be done", http.StatusInternalServerError)
		return
	}
	// a hash is computed whether there is a user or not, so that the time does not tell
	if !a.matches(user.Password, c.Password) || err != nil {
		http.Error(w, "the email or the password is wrong", http.StatusUnauthorized)
		return
	}
	token := rand.Text()
	session := Session{ID: digest(token), UserID: user.ID, ExpiresAt: time.Now().Add(lifetime)}
	if err := orm.Repo[Session](a.db).Create(r.Context(), &session); err != nil {
		http.Error(w, "it could not be done", http.StatusInternalServerError)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Expires: session.ExpiresAt})
	w.WriteHeader(http.StatusNoContent)
}

func (a accounts) signOut(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(cookie); err == nil {
		if _, err := orm.Repo[Session](a.db).Where(Sessions.ID.Eq(digest(c.Value))).DeleteMany(r.Context()); err != nil {
			http.Error(w, "it could not be done", http.StatusInternalServerError)
			return
		}
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Path: "/", HttpOnly: true, MaxAge: -1})
	w.WriteHeader(http.StatusNoContent)
}

// session says who sends a request: by its cookie, or by a token in the header Authorization.
func (a accounts) session(r *http.Request) (orm.Actor, bool, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		c, err := r.Cookie(cookie)
		if err != nil {
			return orm.Actor{}, false, nil
		}
		token = c.Value
	}
	found, err := orm.Repo[Session](a.db).Where(Sessions.ID.Eq(digest(token)), Sessions.ExpiresAt.Gt(time.Now())).With(Sessions.User).First(r.Context())
	switch {
	case errors.Is(err, orm.ErrNotFound) || err == nil && found.User == nil:
		return orm.Actor{}, false, nil // an old cookie is nobody's
	case err != nil:
		return orm.Actor{}, false, &rest.Error{Status: http.StatusServiceUnavailable, Err: err}
	}
	return orm.Actor{ID: found.User.ID, Role: found.User.Role}, true, nil
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (a accounts) hash(password string) (string, error) {
	salt := rand.Text()
	key, err := pbkdf2.Key(sha512.New, password, []byte(salt), a.rounds, 32)
	return salt + "$" + base64.RawStdEncoding.EncodeToString(key), err
}

func (a accounts) matches(hash, password string) bool {
	salt, want, _ := strings.Cut(hash, "$")
	key, err := pbkdf2.Key(sha512.New, password, []byte(salt), a.rounds, 32)
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(want), []byte(base64.RawStdEncoding.EncodeToString(key))) == 1
}
