package lower_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/duet-api/duet/internal/codegen/lower"
	"github.com/duet-api/duet/internal/codegen/source"
	"github.com/duet-api/duet/internal/codegen/spec"
)

func TestReference(t *testing.T) {
	var diags source.Diagnostics
	l := spec.NewLoader(os.DirFS("../../.."), &diags)
	r := lower.Lower(lower.Input{Loader: l, OpenAPI: l.Load("api/openapi.yaml"), AsyncAPI: l.Load("api/asyncapi.yaml")}, &diags)
	diags.Sort()
	for _, d := range diags {
		fmt.Println(d)
	}
	for _, t := range r.Model.Types {
		fmt.Print(t.Name, " ")
	}
	for _, s := range r.Model.Sockets {
		fmt.Println(s.Name, s.Path, s.Security, s.ServerUnion.Union.By, s.ClientUnion.Union.By)
		for _, m := range append(s.ToServer, s.ToClient...) {
			fmt.Println(" ", m.Name, m.Type.Name, m.Tag, m.Reply, m.Correlation != nil, m.IsReply, m.IsPush, m.MaxBytes, m.Rate, m.Latest)
		}
	}
	for _, o := range r.Model.REST.Operations {
		fmt.Println(o.Name, o.Method, o.Path, len(o.Params), len(o.Responses), o.Secured)
	}
}
