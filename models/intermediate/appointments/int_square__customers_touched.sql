-- Whose row of customer_analytics must be made anew: everyone, where what all rest on is another or nothing is known of
-- the last build; else those of whom something landed, whose group is another, of whose times one lies between the
-- last as-of and this one, and those whose referrals did. A key that is nobody's any more is here too.
with

state as (

    select * from {{ ref('int_square__refresh_inputs') }}
    where not is_everyone

),

resolved as (

    select * from {{ ref('int_square__customers_resolved') }}

),

groups_seen as (

    select * from {{ ref('int_square__customer_groups_seen') }}

),

referrals as (

    select
        {{ ledgerline.square_referral_columns() }}
    from {{ ref('int_square__referrals_attributed') }}

),

referrals_seen as (

    select
        {{ ledgerline.square_referral_columns() }}
    from {{ ref('int_square__referrals_seen') }}

),

touched_members as (

    select * from {{ ref('int_square__members_touched') }}

),

changed_referrals as (

    select
        organization_id,
        canonical_customer_id,
        referral_source
    from (
        select * from referrals
        except
        select * from referrals_seen
    ) as gained

    union

    select
        organization_id,
        canonical_customer_id,
        referral_source
    from (
        select * from referrals_seen
        except
        select * from referrals
    ) as lost

),

touched_keys as (

    select
        touched_members.organization_id,
        coalesce(resolved.canonical_customer_id, touched_members.customer_id) as canonical_customer_id
    from touched_members
    left join resolved
        on
            touched_members.organization_id = resolved.organization_id
            and touched_members.customer_id = resolved.customer_id

    union

    -- The key that an id had, or was, before.
    select
        touched_members.organization_id,
        coalesce(groups_seen.canonical_customer_id, touched_members.customer_id) as canonical_customer_id
    from touched_members
    left join groups_seen
        on
            touched_members.organization_id = groups_seen.organization_id
            and touched_members.customer_id = groups_seen.customer_id

    union

    select
        organization_id,
        canonical_customer_id
    from changed_referrals

),

-- What referred people bring is counted with whose code they used, now or before.
codes_used as (

    select
        touched_keys.organization_id,
        lower(referrals.referral_source) as code
    from touched_keys
    inner join referrals
        on
            touched_keys.organization_id = referrals.organization_id
            and touched_keys.canonical_customer_id = referrals.canonical_customer_id

    union

    select
        organization_id,
        lower(referral_source) as code
    from changed_referrals

),

keys_with_referrers as (

    select
        organization_id,
        canonical_customer_id
    from touched_keys

    union

    select
        codes.organization_id,
        codes.canonical_customer_id
    from {{ ref('int_square__referral_codes_listed') }} as codes
    inner join codes_used
        on codes.organization_id = codes_used.organization_id and codes.code = codes_used.code

),

final as (

    select
        organization_id,
        canonical_customer_id,
        customer_number,
        group_size
    from resolved
    where customer_id = canonical_customer_id and not exists (select 1 from state)

    union all

    -- A key that is nobody's any more has no number.
    select
        keys.organization_id,
        keys.canonical_customer_id,
        resolved.customer_number,
        resolved.group_size
    from keys_with_referrers as keys
    left join resolved
        on
            keys.organization_id = resolved.organization_id
            and keys.canonical_customer_id = resolved.customer_id
            and resolved.customer_id = resolved.canonical_customer_id
    where exists (select 1 from state)

)

select * from final
