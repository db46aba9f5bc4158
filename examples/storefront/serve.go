package main

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/multi-orm/orm"
)

// badRequest is a mistake of the caller that may be told to him.
type badRequest string

func (b badRequest) Error() string { return string(b) }

// handler answers with a status and a body, or with an error that report turns into both.
type handler func(r *http.Request) (status int, body any, err error)

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, body, err := h(r)
	if err != nil {
		report(w, r, err)
		return
	}
	reply(w, status, body)
}

func reply(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// report tells the caller what is his business: the sentinels say what happened, and the library's errors hold no
// values and no text of a driver.
func report(w http.ResponseWriter, r *http.Request, err error) {
	status, text := http.StatusInternalServerError, "something went wrong"
	var bad badRequest
	switch {
	case errors.As(err, &bad):
		status, text = http.StatusBadRequest, bad.Error()
	case errors.Is(err, orm.ErrInvalid), errors.Is(err, orm.ErrBadCursor):
		status, text = http.StatusBadRequest, err.Error()
	case errors.Is(err, orm.ErrNotFound):
		status, text = http.StatusNotFound, "no such thing"
	case errors.Is(err, orm.ErrDenied), errors.Is(err, orm.ErrNoActor):
		status, text = http.StatusForbidden, "not allowed"
	case errors.Is(err, orm.ErrStale), errors.Is(err, orm.ErrConflict):
		status, text = http.StatusConflict, "it was changed meanwhile: read it again"
	case errors.Is(err, orm.ErrUpstream):
		status, text = http.StatusBadGateway, "the catalogue does not answer"
	}
	if status >= 500 {
		slog.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
	}
	reply(w, status, map[string]string{"error": text})
}

// authenticate puts the token's actor into the context: from here on the store knows who asks.
func authenticate(tokens map[string]orm.Actor, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		actor, ok := tokens[token]
		if !ok {
			w.Header().Set("WWW-Authenticate", "Bearer")
			reply(w, http.StatusUnauthorized, map[string]string{"error": "say who you are"})
			return
		}
		actor.RequestID = r.Header.Get("X-Request-ID")
		next.ServeHTTP(w, r.WithContext(orm.WithActor(r.Context(), actor)))
	})
}
