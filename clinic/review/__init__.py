"""Clinical review: who may publish health content, who signed it, and what exactly they signed.

A page or snippet joins by its base class (`reviewed.Reviewed`). Knows none of them by name.
"""
