"""`{% extends %}`, which looks once for the blocks of a frame.

Django goes through all of the frame for them each time that a page is drawn. A template does not change
once it is read.
"""

from typing import Any

from django import template
from django.template import Context, Node, NodeList, Template
from django.template.loader_tags import BlockNode, ExtendsNode, do_extends

register = template.Library()


class Frame(NodeList):
    """What a template consists of, and the blocks in it."""

    def __init__(self, nodes: NodeList) -> None:
        super().__init__(nodes)
        self.blocks = nodes.get_nodes_by_type(BlockNode)

    def get_nodes_by_type(self, nodetype: type[Node]) -> list[Any]:
        return self.blocks if nodetype is BlockNode else super().get_nodes_by_type(nodetype)


class Extends(ExtendsNode):
    def get_parent(self, context: Context) -> Template:
        parent = super().get_parent(context)
        if not isinstance(parent.nodelist, Frame):
            parent.nodelist = Frame(parent.nodelist)
        return parent


@register.tag
def extends(parser: template.base.Parser, token: template.base.Token) -> Extends:
    node = do_extends(parser, token)
    return Extends(node.nodelist, node.parent_name)
