package gate

// openapiObjects gives the keys of each object of OpenAPI 3.0 and 3.1. Behind a
// colon stands the kind of the value, where it is checked: a string, a boolean or an
// object, [a list] of those, {a map} of those, or <a map> that may have extensions.
// An exclamation mark follows a required key, and @ the only version that has it
// so.
// https://spec.openapis.org/oas/v3.0.4.html#schema-0
// https://spec.openapis.org/oas/v3.1.1.html#schema-0
func openapiObjects() map[string]string {
	const header = "description:string required:boolean deprecated:boolean allowEmptyValue:boolean style:string explode:boolean " +
		"allowReserved:boolean schema example examples:{example} content:{media_type}"
	return map[string]string{
		"document": "openapi! info!:info jsonSchemaDialect:string@3.1 servers:[server] paths:<path_item> paths!:<path_item>@3.0 webhooks:{path_item}@3.1 " +
			"components:components security:[] tags:[tag] externalDocs:external_documentation",
		"info":            "title!:string summary:string@3.1 description:string termsOfService:string contact:contact license:license version!:string",
		"contact":         "name:string url:string email:string",
		"license":         "name!:string identifier:string@3.1 url:string",
		"server":          "url!:string description:string variables:{server_variable}",
		"server variable": "enum default! description:string",
		"components": "schemas:{} responses:{response} parameters:{parameter} examples:{example} requestBodies:{request_body} headers:{header} " +
			"securitySchemes:{security_scheme} links:{link} callbacks:{<path_item>} pathItems:{path_item}@3.1",
		"path item": "$ref:string summary:string description:string get:operation put:operation post:operation delete:operation options:operation " +
			"head:operation patch:operation trace:operation servers:[server] parameters:[parameter]",
		"operation": "tags:[string] summary:string description:string externalDocs:external_documentation operationId:string parameters:[parameter] " +
			"requestBody:request_body responses:<response> responses!:<response>@3.0 callbacks:{<path_item>} deprecated:boolean " +
			"security:[] servers:[server]",
		"external documentation": "description:string url!:string",
		"parameter":              "name:string in:string " + header,
		"request body":           "description:string content!:{media_type} required:boolean",
		"media type":             "schema example examples:{example} encoding:{encoding}",
		"encoding":               "contentType:string headers:{header} style:string explode:boolean allowReserved:boolean",
		"response":               "description!:string headers:{header} content:{media_type} links:{link}",
		"example":                "summary:string description:string value externalValue:string",
		"link":                   "operationRef:string operationId:string parameters requestBody description:string server:server",
		"header":                 header,
		"tag":                    "name!:string description:string externalDocs:external_documentation",
		"security scheme": "type!:string description:string name:string in:string scheme:string bearerFormat:string flows:flows " +
			"openIdConnectUrl:string",
		"flows": "implicit:flow password:flow clientCredentials:flow authorizationCode:flow",
		"flow":  "authorizationUrl:string tokenUrl:string refreshUrl:string scopes!",
	}
}
