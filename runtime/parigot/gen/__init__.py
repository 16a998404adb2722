"""Code for guests from .proto files: typed clients, servers and messages for every language.

model     what a schema says, names looked up     read      from protoc's request to the model, and checks
plugin    protoc-gen-parigot                      writer    lines of code
c, go, python                                     one generator a language: `generate(schema, options)`
"""
