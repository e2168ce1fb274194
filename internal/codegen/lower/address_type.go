package lower

import "github.com/duet-api/duet/internal/codegen/spec"

// addressType gives a socket the type of the parameters in its address, so that
// generated code can check them. A parameter is text of any value that is not
// empty, of its enum or, in documents of version 2, of its schema.
func (s *sockets) addressType(sock *socket) {
	if len(sock.out.Params) == 0 {
		return
	}
	c := sock.channels[0]
	pos := c.node.KeyPos("parameters")
	properties, required := spec.NewMap(pos), seq(pos)
	for _, p := range sock.out.Params {
		declared, _ := s.loader.Resolve(s.declaredParams(c).Get(p.JSON))
		put(properties, p.JSON, p.Pos, s.addressMember(c, p.JSON, declared))
		required.Items = append(required.Items, spec.NewString(p.Pos, p.JSON))
	}
	n := spec.NewMap(pos).Set("type", spec.NewString(pos, "object")).Set("required", required).Set("properties", properties)
	n.Set("description", spec.NewString(pos, "The parameters of the address "+sock.out.Path+"."))
	n.Pointer = c.node.Pointer + "/parameters"
	sock.out.Address = s.schema(n, sock.out.Name+"Address")
}

// addressMember gives the schema of a parameter of an address; node is nil where
// it is not declared.
func (s *sockets) addressMember(c *channel, name string, node *spec.Node) *spec.Node {
	pointer := c.node.Pointer + "/parameters/" + spec.EscapeToken(name)
	if schema := node.Get("schema"); schema != nil {
		return schema
	}
	pos := c.node.Pos
	if node != nil {
		pos = node.Pos
	}
	n := spec.NewMap(pos).Set("type", spec.NewString(pos, "string"))
	n.Pointer = pointer
	for _, key := range []string{"description", "enum"} {
		if member, has := node.Lookup(key); has {
			n.Pairs = append(n.Pairs, member)
		}
	}
	return n
}
