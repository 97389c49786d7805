{#- A schema is named as the project says, not prefixed with the profile's. That of a mart is its domain: the folder
    that it is in. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set is_mart = node and node.resource_type == 'model' and node.fqn[1] == 'marts' -%}
    {{ (custom_schema_name or (node.fqn[2] if is_mart else target.schema)) | trim }}
{%- endmacro %}
