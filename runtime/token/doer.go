package token

import (
	"io"
	"net/http"
)

// Doer sends HTTP requests with the access token of Source as a bearer token
// (RFC 6750 §2.1). A request that is answered 401 is sent once more with a
// renewed token, where its body can be had again (http.Request.GetBody). It
// may be used by several goroutines at the same time.
type Doer struct {
	Source *Source
	HTTP   *http.Client
}

// Do sends the request.
func (d *Doer) Do(req *http.Request) (*http.Response, error) {
	access, err := d.Source.Token(req.Context())
	if err != nil {
		return nil, err
	}
	resp, err := d.send(req, access)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || req.Body != nil && req.GetBody == nil {
		return resp, err
	}
	renewed, err := d.Source.Renew(req.Context(), access)
	if err != nil {
		return resp, nil // the refusal says more than the failed renewal
	}
	again := req.Clone(req.Context())
	if req.GetBody != nil {
		if again.Body, err = req.GetBody(); err != nil {
			return resp, nil
		}
	}
	io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	resp.Body.Close()
	return d.send(again, renewed)
}

func (d *Doer) send(req *http.Request, access string) (*http.Response, error) {
	req.Header.Set("Authorization", "Bearer "+access)
	return d.HTTP.Do(req)
}
