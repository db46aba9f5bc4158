package httpcall

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/go-resty/resty/v2"
)

// maxHeader bounds a reply's header in bytes.
const maxHeader = 256 << 10

// maxRedirects bounds the redirects of one request.
const maxRedirects = 5

// connect makes the client.
func (c *Caller) connect(conns int) {
	hc := &http.Client{CheckRedirect: c.redirect}
	if c.Given != nil && c.Given.GetClient() != nil {
		hc.Transport = c.Given.GetClient().Transport
		if jar := c.Given.GetClient().Jar; jar != nil {
			hc.Jar = closedJar{jar}
		}
	}
	if hc.Transport == nil {
		c.own = ownTransport(conns)
		hc.Transport = c.own
	}
	r := resty.NewWithClient(hc)
	r.SetLogger(silent{})
	r.SetDisableWarn(true)
	if g := c.Given; g != nil {
		r.Header, r.QueryParam, r.Cookies = g.Header.Clone(), g.QueryParam, g.Cookies
		r.UserInfo, r.Token, r.AuthScheme = g.UserInfo, g.Token, g.AuthScheme
		r.HeaderAuthorizationKey = g.HeaderAuthorizationKey
	}
	c.client = r
}

// without gives the URL without the parameters that the client adds by itself: links to the next page hold them already.
func (c *Caller) without(u *url.URL) string {
	if u.RawQuery == "" || len(c.client.QueryParam) == 0 {
		return u.String()
	}
	query := u.Query()
	for name := range c.client.QueryParam {
		query.Del(name)
	}
	bare := *u
	bare.RawQuery = query.Encode()
	return bare.String()
}

// closedJar gives the cookies that the caller put into a jar and takes none from replies: a session that the API opens
// for one actor must not become another's.
type closedJar struct{ http.CookieJar }

func (closedJar) SetCookies(*url.URL, []*http.Cookie) {}

func ownTransport(conns int) *http.Transport {
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	if def, ok := http.DefaultTransport.(*http.Transport); ok {
		t = def.Clone()
	}
	t.MaxResponseHeaderBytes = maxHeader
	t.MaxIdleConnsPerHost = conns
	return t
}

// redirect follows a redirect of a read that stays on the API's host, below the endpoint's path. A redirected write could be done twice or
// become a read, and another host must not see the credentials.
func (c *Caller) redirect(next *http.Request, via []*http.Request) error {
	switch {
	case via[0].Method != http.MethodGet && via[0].Method != http.MethodHead:
		return errRedirected{"the API redirects a request that is no GET"}
	case !c.SameHost(next.URL):
		return errRedirected{"the API redirects to another host, which is not followed"}
	case !contained(next):
		return errRedirected{"the API redirects away from the path of the endpoint" + c.Leave}
	case len(via) > maxRedirects:
		return errRedirected{"the API redirects without end"}
	}
	return nil
}

// errRedirected is a redirect that is not followed.
type errRedirected struct{ detail string }

func (e errRedirected) Error() string { return e.detail }

func redirected(err error) (string, bool) {
	var r errRedirected
	ok := errors.As(err, &r)
	return r.detail, ok
}

// silent keeps resty from logging: what it would say may hold secrets.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}
