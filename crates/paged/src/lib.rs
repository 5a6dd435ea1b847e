//! The paging arguments of connections, declared once. async-graphql takes the arguments of a field from the parameters of
//! its resolver, and has no way to share some of them between fields.

use proc_macro::TokenStream;
use proc_macro2::Span;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{FnArg, Ident, ImplItem, ImplItemFn, ItemImpl, Pat, Token, Type, parse_macro_input, parse_quote};

/// The arguments: name, type, documentation.
const ARGUMENTS: [(&str, &str, &str); 4] = [
    (
        "first",
        "i32",
        "The number of entries from the start, 0 to 500; 20 by default.",
    ),
    ("after", "String", "Only entries after this cursor."),
    ("last", "i32", "The number of entries from the end, 0 to 500."),
    ("before", "String", "Only entries before this cursor."),
];

/// Calls the macro `$declare` of the input for each argument: an array of its results for `"name", Type, "documentation"`.
#[proc_macro]
pub fn each_argument(declare: TokenStream) -> TokenStream {
    let declare = parse_macro_input!(declare as Ident);
    let each = ARGUMENTS.iter().map(|(name, of, doc)| {
        let of = Ident::new(of, Span::call_site());
        quote!(#declare!(#name, #of, #doc))
    });
    quote!([#(#each),*]).into()
}

/// In an `impl` of resolvers, above `#[Object]` or `#[ComplexObject]`: a resolver with a parameter of the type
/// `PageArguments` has the arguments `first`, `after`, `last` and `before` in its place.
#[proc_macro_attribute]
pub fn paged(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut resolvers = parse_macro_input!(item as ItemImpl);
    for item in &mut resolvers.items {
        if let ImplItem::Fn(resolver) = item
            && let Some(page) = resolver.sig.inputs.iter().find_map(page_name)
        {
            expand(resolver, &page);
        }
    }
    quote!(#resolvers).into()
}

fn expand(resolver: &mut ImplItemFn, page: &Ident) {
    let mut inputs: Punctuated<FnArg, Token![,]> = Punctuated::new();
    for input in std::mem::take(&mut resolver.sig.inputs) {
        if page_name(&input).is_some() {
            inputs.extend(ARGUMENTS.iter().map(|(name, of, doc)| -> FnArg {
                let [name, of] = [name, of].map(|word| Ident::new(word, Span::call_site()));
                parse_quote!(#[graphql(desc = #doc)] #name: Option<#of>)
            }));
        } else {
            inputs.push(input);
        }
    }
    resolver.sig.inputs = inputs;
    let statements = &resolver.block.stmts;
    resolver.block = parse_quote!({
        let #page = PageArguments::new(first, after, last, before);
        #(#statements)*
    });
    resolver.attrs.push(parse_quote!(#[allow(clippy::too_many_arguments)]));
}

/// The name of the parameter, if it is one of paging arguments.
fn page_name(input: &FnArg) -> Option<Ident> {
    let FnArg::Typed(input) = input else { return None };
    match (&*input.pat, &*input.ty) {
        (Pat::Ident(name), Type::Path(of)) if of.path.is_ident("PageArguments") => Some(name.ident.clone()),
        _ => None,
    }
}
