// Package cursor makes the text that names a place in an ordered list. The text is sealed with AES-256-GCM, so that
// who holds it can neither read the values in it nor change them, and it is bound by an HMAC to the question that it
// belongs to: for another question it does not open.
package cursor

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/multi-orm/orm/model"
)

// MinKey is the least number of bytes of a key, MaxText the most of a cursor.
const (
	MinKey  = 16
	MaxText = 8192
)

// Place is where a page begins.
type Place struct {
	Values []model.Value // of the sort keys of the row at the place
	Back   bool          // the page is what comes before
	Within bool          // the row at the place belongs to the page
	From   []byte        // how the source finds the place again; empty where it does not say
}

// ErrTooLong says that the values of a place do not fit into a cursor; ErrKind that one of them cannot be in one.
var (
	ErrTooLong = errors.New("cursor: the values are too long")
	ErrKind    = errors.New("cursor: the value is of a kind that a cursor cannot hold")
	errBad     = errors.New("cursor: it does not open")
)

// Keys seal and open cursors. They are safe for concurrent use.
type Keys struct {
	all []key // the first seals, every one opens
}

type key struct {
	seal cipher.AEAD
	bind []byte
}

// NewKeys takes secrets, the one in use first and older ones after it. With none it makes one up, which lasts as
// long as the Keys.
func NewKeys(secrets ...[]byte) (*Keys, error) {
	if len(secrets) == 0 {
		secret := make([]byte, 32)
		if _, err := rand.Read(secret); err != nil {
			return nil, err
		}
		secrets = [][]byte{secret}
	}
	k := &Keys{}
	for _, s := range secrets {
		if len(s) < MinKey {
			return nil, errors.New("cursor: a key needs 16 bytes or more")
		}
		enc, err := hkdf.Key(sha256.New, s, nil, "orm cursor seal", 32)
		if err != nil {
			return nil, err
		}
		bind, err := hkdf.Key(sha256.New, s, nil, "orm cursor bind", 32)
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(enc)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, err
		}
		k.all = append(k.all, key{aead, bind})
	}
	return k, nil
}

func (k *key) binding(question []byte) []byte {
	h := hmac.New(sha256.New, k.bind)
	h.Write(question)
	return h.Sum(nil)
}

// Seal gives the text for a place in the answer to question. It fails with ErrTooLong and ErrKind. From is left out where it
// does not fit: without it the place is found too.
func (k *Keys) Seal(question []byte, p Place) (string, error) {
	text, err := k.seal(question, p)
	if errors.Is(err, ErrTooLong) && len(p.From) > 0 {
		p.From = nil
		return k.seal(question, p)
	}
	return text, err
}

func (k *Keys) seal(question []byte, p Place) (string, error) {
	plain, err := encode(p)
	if err != nil {
		return "", err
	}
	first := &k.all[0]
	text := base64.RawURLEncoding.EncodeToString(first.seal.Seal(nil, nil, plain, first.binding(question)))
	if len(text) > MaxText {
		return "", ErrTooLong
	}
	return text, nil
}

// Open gives the place that Seal was given. It fails for any other text, and for any other question.
func (k *Keys) Open(question []byte, text string) (Place, error) {
	if len(text) > MaxText || strings.ContainsAny(text, "\r\n") { // which the decoder would skip
		return Place{}, errBad
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return Place{}, errBad
	}
	for i := range k.all {
		if plain, err := k.all[i].seal.Open(nil, nil, sealed, k.all[i].binding(question)); err == nil {
			return decode(plain)
		}
	}
	return Place{}, errBad
}
